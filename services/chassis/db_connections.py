"""Connections to one database, and the pool that keeps them.

A database may have several hosts, of which one takes writes: each connection looks for it, host by
host, so that a server that hangs does not use up the time of the next one.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import asyncpg
import structlog
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from services.chassis import logs
from services.chassis.dsn import hosts
from services.chassis.errors import Unavailable
from services.chassis.server_trust import PostgresTrust
from services.chassis.setting_groups import StoreSettings
from services.chassis.store_errors import StoreUnavailable, told_apart

# A statement's time, and all the hosts' together.
STATEMENT_SECONDS = 3.0
COMMIT_SECONDS = 60.0
LOCK_MILLISECONDS = 1000
POOL_WAIT_SECONDS = 1.0

log = structlog.get_logger(__name__)


class Server:
    """A database by its address; each connection's statements find the schema's tables. `now`
    tells the address anew for each connection: its user and password count from the next one on;
    where the database is, is settled at the start."""

    def __init__(
        self,
        url: URL,
        schema: str,
        name: str,
        now: Callable[[], URL] | None = None,
        **settings: str,
    ) -> None:
        self._now = now
        self._trust = PostgresTrust(url)
        _, arguments = url.get_dialect()().create_connect_args(self._trust.url)
        self._hosts = hosts(url)
        self._arguments: dict[str, Any] = {
            **arguments,
            "timeout": STATEMENT_SECONDS / len(self._hosts),
            "server_settings": {"application_name": name, "search_path": schema, **settings},
        }

    async def connect(self, **more: Any) -> Any:
        """An asyncpg connection to the first host that is what the address asks for.

        Raises StoreUnavailable when none is, and what the only or last one raised.
        """
        last: Exception = StoreUnavailable("the database has no host")
        known = {**self._arguments, **self._trust.arguments, **self._renewed()}
        for host, port in self._hosts:
            arguments = {**known, "host": host, "port": port, **more}
            try:
                return await asyncpg.connect(**arguments)
            except asyncpg.TargetServerAttributeNotMatched:
                last = StoreUnavailable(f"{host}:{port} is not the server that is asked for")
            except (OSError, TimeoutError, asyncpg.CannotConnectNowError) as error:
                last = error
            self._hosts = [*self._hosts[1:], self._hosts[0]]
        raise last

    def _renewed(self) -> dict[str, str]:
        """As whom to come, where that has changed; nothing while it cannot be understood."""
        try:
            url = self._now() if self._now else None
        except (ArgumentError, ValueError, IndexError):
            log.warning("the database's new address is not understood")
            return {}
        if url is None or not url.username:
            return {}
        logs.hide(url.password or "")
        return {"user": url.username, **({"password": url.password} if url.password else {})}


def engine_for(
    url: URL, schema: str, settings: StoreSettings, now: Callable[[], URL] | None = None
) -> AsyncEngine:
    """A pool that opens connections as they are needed, and lends the last used first: few of the
    server's processes stay busy, with their plans. On return a connection is rolled back if a
    transaction is open, which costs nothing if none is: SQLAlchemy has no reset query."""
    server = Server(
        url,
        schema,
        f"fotbot-{schema}",
        now,
        lock_timeout=str(LOCK_MILLISECONDS),
        idle_in_transaction_session_timeout="15000",
    )
    return create_async_engine(
        "postgresql+asyncpg://",
        async_creator=server.connect,
        pool_size=settings.database_pool_max,
        max_overflow=0,
        pool_timeout=POOL_WAIT_SECONDS,
        pool_use_lifo=True,
        hide_parameters=True,
    )


async def warm(engine: AsyncEngine, count: int) -> None:
    """Open the connections that are kept when idle; an outage at the start is no reason to fail."""
    try:
        async with AsyncExitStack() as stack:
            for _ in range(count):
                await stack.enter_async_context(connected(engine))
    except (Unavailable, OSError) as error:
        log.warning("a pool starts empty", error=str(error))


@asynccontextmanager
async def connected(
    engine: AsyncEngine, *, is_autocommit: bool = True
) -> AsyncIterator[AsyncConnection]:
    """A connection of the pool, for single statements or for a transaction. Raises StoreBusy when
    none is free, StoreUnavailable."""
    connection = engine.connect()
    with told_apart():
        await connection.start()
    try:
        # Said to the adapter: as an option of SQLAlchemy's it costs a third of a read.
        adapted: Any = pooled(connection).dbapi_connection
        adapted.autocommit = is_autocommit
        yield connection
    except BaseException:
        await to_the_end(connection.close())
        raise
    # Nothing is open on it, so this waits for nothing and cannot be cancelled half-way.
    await connection.close()


def pooled(connection: AsyncConnection) -> Any:
    """What the pool has lent to it, without the greenlet of `get_raw_connection`. Raises
    StoreUnavailable once it is lost."""
    lent = connection.sync_connection
    if lent is None or lent.invalidated or lent.closed:
        raise StoreUnavailable("the connection to the database was lost")
    return lent.connection


async def to_the_end(work: Awaitable[None]) -> None:
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
