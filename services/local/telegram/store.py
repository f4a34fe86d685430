"""One SQLite file that a SIGKILL cannot tear: every act is one committed transaction.

Calls are synchronous on purpose: some 20-100 us each, and an act that never awaits is atomic for
everybody else in the process too. What the rows mean is decided by the modules above.
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from services.local.telegram.schema import SCHEMA

Json = dict[str, Any]


class Store:
    """`path` may be ":memory:"; a missing folder is made."""

    def __init__(self, path: str) -> None:
        if path != ":memory:":
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.row_factory = sqlite3.Row
        # Write-ahead logging: a commit survives the process's death without an fsync each time.
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.executescript(SCHEMA)

    def close(self) -> None:
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commits on leaving, rolls back on error; one inside another is part of it."""
        if self._db.in_transaction:
            yield
            return
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def run(self, statement: str, *values: Any) -> int:
        """Execute, and say how many rows it touched."""
        return self._db.execute(statement, values).rowcount

    def row(self, statement: str, *values: Any) -> Json | None:
        found = self._db.execute(statement, values).fetchone()
        return dict(found) if found else None

    def rows(self, statement: str, *values: Any) -> list[Json]:
        return [dict(row) for row in self._db.execute(statement, values)]

    def setting(self, name: str, default: Any = None) -> Any:
        row = self.row("SELECT value FROM settings WHERE name = ?", name)
        return json.loads(row["value"]) if row else default

    def set_setting(self, name: str, value: Any) -> None:
        self.run(
            "INSERT INTO settings VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
            name,
            json.dumps(value),
        )

    def next_number(self, name: str, start: int) -> int:
        """The next number of a sequence that no restart sets back."""
        with self.transaction():
            number: int = self.setting(name, start)
            self.set_setting(name, number + 1)
        return number
