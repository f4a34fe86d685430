"""One call, one transaction; its type says which database.

Writes go to the primary and commit on leaving. Reads go to a replica that has replayed what the
caller has written (`consistency`), else to the primary. Nothing that decides a write may use
`read`. Nobody calls commit. Statements have a deadline of their own; a commit under way is never
cancelled, since its outcome would be unknown.
"""

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Self

import structlog
from opentelemetry.trace import SpanKind
from sqlalchemy import CursorResult, Executable, text
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from services.chassis import consistency, telemetry
from services.chassis.consistency import Position
from services.chassis.dsn import database_urls
from services.chassis.errors import Unavailable
from services.chassis.metrics import DATABASE_CONNECTIONS
from services.chassis.setting_groups import StoreSettings
from services.chassis.store_errors import StoreUnavailable, told_apart

STATEMENT_SECONDS = 3.0
COMMIT_SECONDS = 60.0
LOCK_MILLISECONDS = 1000
POOL_WAIT_SECONDS = 1.0
# How long a replica that failed is passed over.
REPLICA_REST_SECONDS = 1.0

# Of a span; the parameters, which may be a person's, are never told.
SQL = {"db.system.name": "postgresql"}
CLIENT = SpanKind.CLIENT

# What this server has made visible: replayed on a standby, written on a primary.
POSITION_SQL = """SELECT (CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()
    ELSE pg_current_wal_insert_lsn() END - '0/0'::pg_lsn)::bigint"""

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
        with told_apart(), telemetry.span_if_kept("SQL", kind=CLIENT, attributes=SQL) as span:
            async with asyncio.timeout(STATEMENT_SECONDS):
                result = await self._connection.execute(statement, parameters)
            if span.is_recording() and result.context:
                span.set_attribute("db.query.text", result.context.statement or "")
            return result


class WriteTransaction(ReadTransaction):
    """A transaction on the primary; a writer may read, a reader may not write."""

    def __init__(self, connection: AsyncConnection) -> None:
        super().__init__(connection, position=0)
        self._afterwards: list[Callable[[Position], Awaitable[None]]] = []

    def after_commit(self, callback: Callable[[Position], Awaitable[None]]) -> None:
        """Call back once the commit is done, with its position; a failure there undoes nothing."""
        self._afterwards.append(callback)

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """What happens inside is undone alone when it raises."""
        async with self._connection.begin_nested():
            yield

    async def driver_connection(self) -> Any:
        """The asyncpg connection underneath, for libraries that bring their own SQL."""
        driver: Any = (await self._connection.get_raw_connection()).driver_connection
        if not driver.is_in_transaction():
            # SQLAlchemy begins with its own first statement, not earlier.
            await self.execute(text("SELECT 1"))
        return driver

    async def run_afterwards(self, position: Position) -> None:
        """What was asked for with `after_commit`; called by Database alone."""
        for callback in self._afterwards:
            try:
                await callback(position)
            except Exception:
                log.exception("what should follow a commit failed")


class Replica:
    """One standby, and whether it deserves to be asked."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self._rests_until = 0.0

    def is_resting(self) -> bool:
        """True for a second after a failure."""
        return time.monotonic() < self._rests_until

    def rest(self) -> None:
        """Pass it over for a while."""
        self._rests_until = time.monotonic() + REPLICA_REST_SECONDS


class Database:
    """The primary and the replicas of one service's schema."""

    def __init__(self, primary: AsyncEngine, replicas: Sequence[AsyncEngine]) -> None:
        self._primary = primary
        self._replicas = [Replica(engine) for engine in replicas]
        self._turn = itertools.count()

    @classmethod
    @asynccontextmanager
    async def open(cls, settings: StoreSettings, schema: str) -> AsyncIterator[Self]:
        """Pools to the databases of `settings`, opened as far as the databases answer."""
        async with AsyncExitStack() as stack:
            primary = _engine(_one(settings.database_url.get_secret_value()), schema, settings)
            stack.push_async_callback(primary.dispose)
            replicas = []
            if settings.database_replica_url:
                for url in database_urls(settings.database_replica_url.get_secret_value()):
                    replicas.append(_engine(url, schema, settings))
                    stack.push_async_callback(replicas[-1].dispose)
            database = cls(primary, replicas)
            for pool, engine in database._pools().items():
                in_use = DATABASE_CONNECTIONS.labels(pool)
                in_use.set_function(engine.pool.checkedout)  # type: ignore[attr-defined]
                await _warm(engine, settings.database_pool_min)
            yield database

    @asynccontextmanager
    async def write(self) -> AsyncIterator[WriteTransaction]:
        """A transaction on the primary: commits on leaving, rolls back on an error.

        Raises StoreUnavailable or StoreBusy; if the commit itself had no answer, its outcome is
        unknown, and only the request id finds it out.
        """
        async with _connected(self._primary) as connection:
            with told_apart():
                await connection.begin()
            transaction = WriteTransaction(connection)
            yield transaction
            await _to_the_end(self._commit(connection, transaction))

    @asynccontextmanager
    async def read(self) -> AsyncIterator[ReadTransaction]:
        """Statements on a replica that shows what the caller has written, else on the primary."""
        async with AsyncExitStack() as stack:
            replica = self._next_replica()
            found = await self._try(replica, stack) if replica else None
            if found is None:
                found = await self._on(self._primary, stack)
            yield found

    @asynccontextmanager
    async def read_primary(self) -> AsyncIterator[ReadTransaction]:
        """Statements on the primary, for what must not be stale: roles, and what decides."""
        async with AsyncExitStack() as stack:
            yield await self._on(self._primary, stack)

    async def primary_is_up(self) -> bool:
        """Whether the primary answers."""
        return await self._answers(self._primary)

    async def replicas_are_up(self) -> bool:
        """Whether every replica answers; true when there is none."""
        return all([await self._answers(replica.engine) for replica in self._replicas])

    def _pools(self) -> dict[str, AsyncEngine]:
        replicas = {f"replica-{n}": replica.engine for n, replica in enumerate(self._replicas)}
        return {"primary": self._primary, **replicas}

    async def _answers(self, engine: AsyncEngine) -> bool:
        try:
            async with AsyncExitStack() as stack:
                await self._on(engine, stack)
        except Exception:
            return False
        return True

    def _next_replica(self) -> Replica | None:
        fit = [replica for replica in self._replicas if not replica.is_resting()]
        return fit[next(self._turn) % len(fit)] if fit else None

    async def _try(self, replica: Replica, stack: AsyncExitStack) -> ReadTransaction | None:
        """The replica's transaction, or nothing when it is away or behind."""
        async with AsyncExitStack() as attempt:
            try:
                transaction = await self._on(replica.engine, attempt)
            except Exception as error:
                log.warning("a replica is passed over", error=str(error))
                replica.rest()
                return None
            if transaction.position < consistency.asked():
                return None
            stack.push_async_exit(attempt.pop_all())
            return transaction

    @staticmethod
    async def _on(engine: AsyncEngine, stack: AsyncExitStack) -> ReadTransaction:
        connection = await stack.enter_async_context(_connected(engine))
        with told_apart():
            await connection.execution_options(isolation_level="AUTOCOMMIT")
            position = await _position(connection)
        return ReadTransaction(connection, position)

    @staticmethod
    async def _commit(connection: AsyncConnection, transaction: WriteTransaction) -> None:
        with told_apart():
            async with asyncio.timeout(COMMIT_SECONDS):
                await connection.commit()
        try:
            position = await _position(connection)
        except Exception:
            log.warning("a commit's position is not known")
            return
        consistency.note_written(position)
        await transaction.run_afterwards(position)


def _one(text: str) -> URL:
    urls = database_urls(text)
    if len(urls) != 1:
        raise ValueError("DATABASE_URL takes one address; several hosts go into its query")
    return urls[0]


def _engine(url: URL, schema: str, settings: StoreSettings) -> AsyncEngine:
    return create_async_engine(
        url,
        pool_size=settings.database_pool_max,
        max_overflow=0,
        pool_timeout=POOL_WAIT_SECONDS,
        hide_parameters=True,
        connect_args={
            "timeout": STATEMENT_SECONDS,
            "server_settings": {
                "application_name": f"fotbot-{schema}",
                "search_path": schema,
                "lock_timeout": str(LOCK_MILLISECONDS),
                "idle_in_transaction_session_timeout": "15000",
            },
        },
    )


async def _warm(engine: AsyncEngine, count: int) -> None:
    """Open the connections that are kept when idle; an outage at the start is no reason to fail."""
    try:
        async with AsyncExitStack() as stack:
            for _ in range(count):
                await stack.enter_async_context(_connected(engine))
    except (Unavailable, OSError) as error:
        log.warning("a pool starts empty", error=str(error))


@asynccontextmanager
async def _connected(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    connection = engine.connect()
    with told_apart():
        await connection.start()
    try:
        yield connection
    finally:
        await _to_the_end(connection.close())


async def _position(connection: AsyncConnection) -> Position:
    """Straight through the driver: one round trip, no transaction around it."""
    raw = (await connection.get_raw_connection()).driver_connection
    if raw is None:
        raise StoreUnavailable("the connection to the database was lost")
    try:
        return int(await raw.fetchval(POSITION_SQL, timeout=STATEMENT_SECONDS))
    except Exception as error:
        await connection.invalidate(error)
        raise StoreUnavailable(f"no position: {type(error).__name__}") from error


async def _to_the_end(work: Awaitable[None]) -> None:
    """Finish `work` even when the caller is cancelled meanwhile; then be cancelled."""
    task = asyncio.ensure_future(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError as error:
            if task.cancelled():
                raise
            cancelled = error
    task.result()
    if cancelled:
        raise cancelled
