"""What the server was really asked, and how it goes about it.

The statements are taken from the server's own log, whoever sent them and by whatever library; each
is prepared again with the values it had, run in a transaction that is undone, and its plan read.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.local.stores.sql import Connection

LARGE_ROWS = 1_000
"""From so many rows a table must not be read whole."""

MIDDLING_ROWS = 50_000
"""Below this, reading all of a table may rightly cost less than a hundred look-ups in its index:
the server is asked what it would do in a larger one."""

READ_ROWS = 500
"""So many rows a statement may look at in one table."""

TRIES = 7
"""The server plans anew five times, and may then keep one plan for all values."""

_ENTRY = re.compile(
    r"^\S+ \S+ \S+ \[\d+\] LOG:  execute [^:]+: (?P<statement>.*(?:\n\t.*)*)"
    r"(?:\n\S+ \S+ \S+ \[\d+\] DETAIL:  [Pp]arameters: (?P<values>.*(?:\n\t.*)*))?",
    re.MULTILINE,
)
_VALUE = re.compile(r"\$\d+ = (NULL|'(?:[^']|'')*')")
_SCANS = ("Seq Scan", "Index Scan", "Index Only Scan", "Bitmap Heap Scan")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A statement with the values it was run with once."""

    statement: str
    values: Sequence[str]
    """As literals."""

    @property
    def is_read(self) -> bool:
        """May it be run again to see what it looks at?"""
        return self.statement.lstrip().upper().startswith(("SELECT", "WITH")) and not re.search(
            r"\b(INSERT|UPDATE|DELETE)\b(?! NOWAIT| OF)", self.statement.replace("FOR UPDATE", "")
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A plan that grows with the table."""

    asked: Asked
    what: str

    def __str__(self) -> str:
        return f"{self.what}: {self.asked.statement} {list(self.asked.values)}"


@asynccontextmanager
async def logged(
    connection: Connection, database: str, roles: Sequence[str]
) -> AsyncIterator[None]:
    """Connections that these roles open to the database meanwhile have all they ask logged."""
    for role in roles:
        setting = f'ALTER ROLE {role} IN DATABASE "{database}" SET'
        await connection.execute(f"{setting} log_statement = 'all'")
        await connection.execute(f"{setting} log_parameter_max_length = -1")
    try:
        yield
    finally:
        for role in roles:
            await connection.execute(f'ALTER ROLE {role} IN DATABASE "{database}" RESET ALL')


def asked_in(log: Path, since: int) -> list[Asked]:
    """From this byte on; each statement once, with the first values it had."""
    with log.open("rb") as file:
        file.seek(since)
        text = file.read().decode(errors="replace")
    found: dict[str, Asked] = {}
    for entry in _ENTRY.finditer(text):
        statement = entry["statement"].replace("\n\t", "\n")
        values = _VALUE.findall((entry["values"] or "").replace("\n\t", "\n"))
        found.setdefault(statement, Asked(statement=statement, values=values))
    return [asked for asked in found.values() if _is_query(asked.statement)]


async def faults(connection: Connection, schema: str, asked: Sequence[Asked]) -> list[Fault]:
    """Plans that read a large table whole, or look at many rows to give few."""
    await connection.execute(f"SET search_path = {schema}")
    large = await _large_tables(connection)
    found = []
    for one in asked:
        plan = await plan_of(connection, one)
        whole = _read_whole(plan, large)
        if whole and all(large[table] < MIDDLING_ROWS for table in whole):
            plan = await _plan_by_index(connection, one)
        found += [Fault(asked=one, what=what) for what in _wrongs(plan, large)]
    return found


async def plan_of(connection: Connection, asked: Asked) -> Mapping[str, Any]:
    """The plan that the server would use by now; a read is run for it. Nothing stays of it."""
    values = f"({', '.join(asked.values)})" if asked.values else ""
    how = "ANALYZE, TIMING OFF, FORMAT JSON" if asked.is_read else "FORMAT JSON"
    await connection.execute(f"PREPARE looked_at AS {asked.statement}")
    try:
        await connection.execute("BEGIN")
        for _ in range(TRIES):
            told = await connection.fetchval(f"EXPLAIN ({how}) EXECUTE looked_at{values}")
    finally:
        await connection.execute("ROLLBACK")
        await connection.execute("DEALLOCATE looked_at")
    plan: Mapping[str, Any] = json.loads(told)[0]["Plan"]
    return plan


async def _plan_by_index(connection: Connection, asked: Asked) -> Mapping[str, Any]:
    """The same where tables are read whole only for want of an index: if it looks at few rows, its
    cost does not grow with the table, and the server comes to it by itself."""
    await connection.execute("SET enable_seqscan = off")
    try:
        return await plan_of(connection, asked)
    finally:
        await connection.execute("RESET enable_seqscan")


def _read_whole(plan: Mapping[str, Any], large: Mapping[str, int]) -> set[str]:
    tables = {node["Relation Name"] for node in _nodes(plan) if node["Node Type"] == "Seq Scan"}
    return tables & large.keys()


def _wrongs(plan: Mapping[str, Any], large: Mapping[str, int]) -> Iterator[str]:
    for node in _nodes(plan):
        table = node.get("Relation Name", "")
        if table not in large:
            continue
        if node["Node Type"] == "Seq Scan":
            yield f"{table} ({large[table]} rows) is read whole"
        elif node["Node Type"] in _SCANS and (looked_at := _looked_at(node)) > READ_ROWS:
            yield f"{looked_at} rows of {table} are looked at"


def _looked_at(node: Mapping[str, Any]) -> int:
    """0 where it was not run."""
    rows = node.get("Actual Rows", 0) + node.get("Rows Removed by Filter", 0)
    rows += node.get("Rows Removed by Index Recheck", 0)
    return int(rows * node.get("Actual Loops", 0))


def _nodes(plan: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from _nodes(below)


def _is_query(statement: str) -> bool:
    first = statement.lstrip().split(maxsplit=1)[0].upper()
    return (
        first in {"SELECT", "INSERT", "UPDATE", "DELETE", "WITH"} and "pg_catalog" not in statement
    )


async def _large_tables(connection: Connection) -> Mapping[str, int]:
    rows = await connection.fetch(
        "SELECT relname, reltuples::bigint AS rows FROM pg_class WHERE relkind = 'r'"
        " AND relnamespace = current_schema()::regnamespace AND reltuples > $1",
        LARGE_ROWS,
    )
    return {row["relname"]: row["rows"] for row in rows}
