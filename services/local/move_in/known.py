"""What came in, by its id there: on disk, so that a move of any size needs the same memory."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import Self

# Below what any build of SQLite takes in one statement.
ASKED = 500


class Known:
    """Ids here by kind and legacy id, for the time of one move."""

    def __init__(self) -> None:
        # The empty name is a file of SQLite's own, gone with the connection.
        self._rows = sqlite3.connect("")
        self._rows.execute(
            "CREATE TABLE known (kind TEXT, legacy_id TEXT, id INTEGER,"
            " PRIMARY KEY (kind, legacy_id)) WITHOUT ROWID"
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._rows.close()

    def keep(self, kind: str, ids: Iterable[tuple[str, int]]) -> None:
        """In a dry run the ids are 0: known is what would come in."""
        rows = ((kind, legacy_id, number) for legacy_id, number in ids)
        self._rows.executemany("INSERT OR REPLACE INTO known VALUES (?, ?, ?)", rows)

    def ids(self, kind: str, legacy_ids: Iterable[str | None]) -> Mapping[str, int]:
        """Those of them that came in."""
        wanted = sorted({one for one in legacy_ids if one})
        found: dict[str, int] = {}
        for start in range(0, len(wanted), ASKED):
            part = wanted[start : start + ASKED]
            marks = ", ".join("?" * len(part))
            asked = f"SELECT legacy_id, id FROM known WHERE kind = ? AND legacy_id IN ({marks})"  # noqa: S608 - question marks alone
            found.update(self._rows.execute(asked, (kind, *part)).fetchall())
        return found
