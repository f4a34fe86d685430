"""The original bot's database: one snapshot, read only, a batch at a time. Rows come as JSON, so
that a column which a later migration of theirs added or took away is no fault here."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Self
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import asyncpg

BATCH = 1000
CONNECT_SECONDS = 15
QUERY_SECONDS = 600
TABLES = (
    "User",
    "Team",
    "TeamMember",
    "Session",
    "SessionTeam",
    "SessionRegistration",
    "Match",
    "Registration",
    "Payment",
    "Coupon",
    "MatchStat",
    "PlayerStat",
)
# What Prisma reads out of an address and Postgres does not know.
PRISMAS = frozenset(
    {
        "schema",
        "connection_limit",
        "pool_timeout",
        "pgbouncer",
        "connect_timeout",
        "socket_timeout",
        "statement_cache_size",
        "sslaccept",
        "sslidentity",
        "sslpassword",
    }
)

Row = dict[str, Any]
_driver: Any = asyncpg
FAULTS: tuple[type[Exception], ...] = (
    _driver.PostgresError,
    _driver.InterfaceError,
    OSError,
    TimeoutError,
    ValueError,
)
"""How the driver says that the server is not there, or says no."""


class NotTheOldBot(Exception):
    """The address leads to no database of the original bot; the message says why, and holds no
    password."""


class OldBot:
    """A connection within its one transaction."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    @classmethod
    @asynccontextmanager
    async def open(cls, url: str) -> AsyncIterator[Self]:
        """Raises NotTheOldBot."""
        address, schema = without_prismas(url)
        connection = await _connected(address)
        try:
            async with connection.transaction(isolation="repeatable_read", readonly=True):
                old = cls(connection)
                await old._enter(schema)
                yield old
        finally:
            await connection.close(timeout=5)

    async def value(self, query: str, *values: object) -> Any:
        """The one value of a query."""
        return await self._connection.fetchval(query, *values)

    async def all(self, query: str, *values: object) -> list[Row]:
        """All rows of a short query."""
        return [json.loads(text) for (text,) in await self._connection.fetch(query, *values)]

    async def batches(self, query: str, size: int = BATCH) -> AsyncIterator[list[Row]]:
        """All rows of a long one, from a cursor of the server's."""
        cursor = await self._connection.cursor(query)
        while rows := await cursor.fetch(size):
            yield [json.loads(text) for (text,) in rows]

    async def _enter(self, schema: str) -> None:
        if schema:
            await self.value("SELECT set_config('search_path', $1, true)", quoted(schema))
        missing = [name for name in TABLES if not await self._has(name)]
        if missing:
            raise NotTheOldBot(f"it has no table {', '.join(missing)}")

    async def _has(self, table: str) -> bool:
        return bool(await self.value("SELECT to_regclass($1)::text", quoted(table)))


def quoted(name: str) -> str:
    """As SQL names a thing whose name has capitals."""
    return '"' + name.replace('"', '""') + '"'


def without_prismas(url: str) -> tuple[str, str]:
    """The address as the driver takes it, and the schema that Prisma's spelling names.

    Raises NotTheOldBot for what is no postgresql:// address.
    """
    parts = urlsplit(url.replace("+asyncpg", "", 1))
    if parts.scheme not in ("postgresql", "postgres"):
        raise NotTheOldBot("the address does not begin with postgresql://")
    told = parse_qsl(parts.query)
    query = urlencode([(name, value) for name, value in told if name not in PRISMAS])
    return urlunsplit(parts._replace(query=query)), dict(told).get("schema", "")


async def _connected(address: str) -> Any:
    try:
        return await _driver.connect(
            address,
            timeout=CONNECT_SECONDS,
            command_timeout=QUERY_SECONDS,
            # A pool between us and the server may give each transaction another connection.
            statement_cache_size=0,
        )
    except FAULTS as error:
        # The words of these may hold the address; those of the server do not.
        told = str(error) if isinstance(error, _driver.PostgresError) else type(error).__name__
        raise NotTheOldBot(f"it cannot be opened: {told}") from None


def text_of(row: Mapping[str, Any], name: str, most: int = 4000) -> str:
    """A text of a row, empty when it has none; nothing of ours is longer."""
    value = row.get(name)
    return "" if value is None else str(value)[:most].replace("\x00", "")


def number_of(
    row: Mapping[str, Any], name: str, least: int = -(2**31), most: int = 2**31 - 1
) -> int:
    """A whole number of a row, within bounds; 0 when it has none."""
    value = row.get(name)
    return min(max(int(value), least), most) if isinstance(value, int | float) else 0
