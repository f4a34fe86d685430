"""Years of a city in minutes: its rows made by the database itself, set by set, under the schema
as the migrations leave it, with the indexes of the largest tables built last."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from services.local.stores.sql import Connection
from tests.growth.size import CAPACITY, ORGANISERS, VENUES, WAITING, Size

FOLDER = Path(__file__).parent
CHUNK = 250_000
"""Rows to a statement, so that the standby is never far behind."""

LONG_SECONDS = 900.0
"""For what goes through millions of rows."""

SCHEMAS = ("users", "teams", "sender", "sessions")
LARGE = ("entries", "entry_players", "payments", "payment_events", "figures")
INDEXES = """
SELECT indexname, indexdef FROM pg_indexes
WHERE schemaname = 'sessions' AND tablename = $1 AND NOT EXISTS (
    SELECT 1 FROM pg_constraint WHERE conindid = format('sessions.%I', indexname)::regclass)
"""
SEQUENCES = """
SELECT format('SELECT setval(%L, (SELECT coalesce(max(%I), 0) + 1 FROM %I.%I), false)',
    pg_get_serial_sequence(format('%I.%I', table_schema, table_name), column_name),
    column_name, table_schema, table_name) AS statement
FROM information_schema.columns
WHERE table_schema = ANY($1)
    AND pg_get_serial_sequence(format('%I.%I', table_schema, table_name), column_name) IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class Step:
    """One kind of row."""

    name: str
    count: int
    statement: str
    numbers: Mapping[str, int]

    def statements(self) -> Iterator[str]:
        """In pieces that end in time."""
        for first in range(0, self.count, CHUNK):
            last = min(first + CHUNK, self.count) - 1
            yield self.statement % {**self.numbers, "from": first, "to": last}


async def _nothing() -> None:
    """What follows a piece where no standby has to keep up."""


async def grow(
    connection: Connection,
    size: Size,
    *,
    say: Callable[[str], None] = print,
    after_each: Callable[[], Awaitable[None]] = _nothing,
) -> None:
    """Adds what is missing to the people, and so many evenings that are over. `connection` is a
    superuser's; `after_each` piece the standby may be waited for."""
    await connection.execute("SET session_replication_role = replica")
    await connection.execute("SET maintenance_work_mem = '512MB'")
    numbers = await _numbers(connection, size)
    async with _without_indexes(connection):
        for step in (*_steps("people.sql", numbers), *_steps("evenings.sql", numbers)):
            say(f"  {step.count:>9,} {step.name}")
            for statement in step.statements():
                await connection.execute(statement, timeout=LONG_SECONDS)
                await after_each()
    await connection.execute("SET session_replication_role = origin")
    for row in await connection.fetch(SEQUENCES, list(SCHEMAS)):
        await connection.execute(row["statement"])
    for table in await _tables(connection):
        await connection.execute(f"VACUUM (ANALYZE) {table}", timeout=LONG_SECONDS)
        await after_each()


async def _numbers(connection: Connection, size: Size) -> Mapping[str, int]:
    taken = min(CAPACITY, size.each * 2 // 5)
    return {
        "people": size.people,
        "sessions": size.sessions,
        "each": size.each,
        "organisers": ORGANISERS,
        "venues": VENUES,
        "capacity": CAPACITY,
        "taken": taken,
        "waiting": min(WAITING, size.each - taken),
        "base": await _next(connection, "SELECT max(id) FROM sessions.sessions"),
        "entry_base": await _next(connection, "SELECT max(id) FROM sessions.entries"),
        "match_base": await _next(connection, "SELECT max(id) FROM sessions.matches"),
    }


async def _next(connection: Connection, last: str) -> int:
    return int(await connection.fetchval(last) or 0) + 1


def _steps(file: str, numbers: Mapping[str, int]) -> Sequence[Step]:
    """Each begins with `-- name: <what>, by <how many>`."""
    text = (FOLDER / file).read_text()
    parts = iter(re.split(r"^-- name: (.+), by (.+)$", text, flags=re.MULTILINE)[1:])
    return [
        Step(name, _product(count % numbers), statement, numbers)
        for name, count, statement in zip(parts, parts, parts, strict=True)
    ]


def _product(told: str) -> int:
    """ "20000 * 10" or "20000 / 4"."""
    first, *more = told.split()
    result = int(first)
    for sign, number in zip(more[0::2], more[1::2], strict=True):
        result = result * int(number) if sign == "*" else result // int(number)
    return result


@asynccontextmanager
async def _without_indexes(connection: Connection) -> AsyncIterator[None]:
    """Those of the large tables that no constraint stands on are built when the rows are there."""
    definitions = []
    for table in LARGE:
        for row in await connection.fetch(INDEXES, table):
            await connection.execute(f'DROP INDEX sessions."{row["indexname"]}"')
            definitions.append(row["indexdef"])
    try:
        yield
    finally:
        for definition in definitions:
            await connection.execute(definition, timeout=LONG_SECONDS)


async def _tables(connection: Connection) -> Sequence[str]:
    rows = await connection.fetch(
        "SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables"
        " WHERE schemaname = ANY($1)",
        list(SCHEMAS),
    )
    return [row["name"] for row in rows]
