"""What a block of `db` works with: statements on one connection, and what follows a commit."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Protocol

import structlog
from opentelemetry.trace import SpanKind
from sqlalchemy import CursorResult, Executable
from sqlalchemy.ext.asyncio import AsyncConnection

from services.chassis import telemetry
from services.chassis.consistency import Position
from services.chassis.db_connections import STATEMENT_SECONDS, pooled
from services.chassis.store_errors import StoreUnavailable, told_apart

# Of a span; the parameters, which may be a person's, are never told.
SQL = {"db.system.name": "postgresql"}
# How far the log is safe on a primary, and so the farthest that a standby can follow just now. Who
# commits without waiting for the disk has to count what is not safe yet too.
_LOGGED = """CASE current_setting('synchronous_commit') WHEN 'off'
    THEN pg_current_wal_insert_lsn() ELSE pg_current_wal_flush_lsn() END - '0/0'::pg_lsn"""
# What this server shows for sure: all that is replayed on a standby; all but the newest record on a
# primary, where a commit is in the log a moment before others see it.
VISIBLE = f"""SELECT (CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() - '0/0'::pg_lsn
    ELSE {_LOGGED} - 1 END)::bigint"""
# What is written on a server that must be a primary; nothing when it is none.
WRITTEN = f"""SELECT CASE WHEN NOT pg_is_in_recovery() THEN ({_LOGGED})::bigint END"""

log = structlog.get_logger(__name__)
Parameters = Mapping[str, Any] | Sequence[Mapping[str, Any]]


class ReadTransaction:
    """Statements against one server that shows at least what `position` says."""

    def __init__(self, connection: AsyncConnection, position: Position) -> None:
        self._connection = connection
        self.position = position

    async def execute(
        self, statement: Executable, parameters: Parameters | None = None
    ) -> CursorResult[Any]:
        """Run one statement. Raises StoreUnavailable or StoreBusy where asking again may help."""
        with (
            told_apart(),
            telemetry.span_if_kept("SQL", kind=SpanKind.CLIENT, attributes=SQL) as span,
        ):
            async with asyncio.timeout(STATEMENT_SECONDS):
                result = await self._connection.execute(statement, parameters)
            if span.is_recording() and result.context:
                span.set_attribute("db.query.text", result.context.statement or "")
            return result

    async def driver_connection(self) -> Any:
        """The asyncpg connection underneath, for statements in its own words."""
        return pooled(self._connection).driver_connection

    async def lost(self, error: Exception) -> None:
        """The connection is of no use any more: the pool shall open another."""
        await self._connection.invalidate(error)


class Driven(Protocol):
    """What statements in the driver's own words need."""

    async def driver_connection(self) -> Any:
        """The asyncpg connection."""

    async def lost(self, error: Exception) -> None:
        """The connection is of no use any more."""


class Writing(Driven, Protocol):
    """The same in a transaction."""

    def after_commit(self, callback: Callable[[Position], Awaitable[None]]) -> None:
        """Call back once the commit is done."""


class Afterwards:
    """What follows a commit."""

    def __init__(self) -> None:
        self._afterwards: list[Callable[[Position], Awaitable[None]]] = []

    def after_commit(self, callback: Callable[[Position], Awaitable[None]]) -> None:
        """Call back once the commit is done, with its position; a failure there undoes nothing."""
        self._afterwards.append(callback)

    async def run_afterwards(self, position: Position) -> None:
        """What was asked for with `after_commit`; called by who commits alone."""
        for callback in self._afterwards:
            try:
                await callback(position)
            except Exception:
                log.exception("what should follow a commit failed")


class WriteTransaction(Afterwards, ReadTransaction):
    """A transaction on the primary; a writer may read, a reader may not write."""

    def __init__(self, connection: AsyncConnection) -> None:
        Afterwards.__init__(self)
        ReadTransaction.__init__(self, connection, position=0)

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """What happens inside is undone alone when it raises."""
        with told_apart():
            async with self._connection.begin_nested():
                yield

    async def driver_connection(self) -> Any:
        """The same, in a transaction that has begun: for libraries that bring their own SQL too."""
        lent = pooled(self._connection)
        driver: Any = lent.driver_connection
        if not driver.is_in_transaction():
            await self._begin(lent.dbapi_connection)
        return driver

    async def _begin(self, adapted: Any) -> None:
        """SQLAlchemy begins with its own first statement, not earlier, and has no public word for
        it that is not a statement."""
        try:
            async with asyncio.timeout(STATEMENT_SECONDS):
                await adapted._start_transaction()
        except Exception as error:
            await self._connection.invalidate(error)
            raise StoreUnavailable(f"nothing begins there: {type(error).__name__}") from error


async def position_on(connection: AsyncConnection, query: str = VISIBLE) -> Position:
    """Straight through the driver: one round trip, no transaction around it. Remembered with the
    connection: a server's position never falls while its connections live."""
    lent = pooled(connection)
    try:
        found = await lent.driver_connection.fetchval(query, timeout=STATEMENT_SECONDS)
        if found is None:
            raise StoreUnavailable("the server is no primary")
    except Exception as error:
        await connection.invalidate(error)
        raise StoreUnavailable(f"no position: {type(error).__name__}: {error}") from error
    lent.info["position"] = position = Position(found)
    return position


def known_position(connection: AsyncConnection) -> Position:
    """What was last asked on it; 0 on a new one."""
    return int(pooled(connection).info.get("position", 0))
