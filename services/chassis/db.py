"""One call, one transaction; its type says which database.

Writes go to the primary and commit on leaving. Reads go to a replica that has replayed what the
caller has written (`consistency`), else to the primary. Nothing that decides a write may use
`read`. Nobody calls commit. Statements have a deadline of their own; a commit under way is never
cancelled, since its outcome would be unknown.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import (
    AbstractAsyncContextManager,
    AsyncExitStack,
    asynccontextmanager,
    suppress,
)
from typing import Self

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.chassis import consistency
from services.chassis.consistency import Position
from services.chassis.db_connections import (
    COMMIT_SECONDS,
    STATEMENT_SECONDS,
    connected,
    engine_for,
    pooled,
    to_the_end,
    warm,
)
from services.chassis.db_plain import PlainTransaction, written_plainly
from services.chassis.db_transactions import (
    SQL,
    VISIBLE,
    WRITTEN,
    ReadTransaction,
    WriteTransaction,
    known_position,
    position_on,
)
from services.chassis.dsn import as_named_now, database_urls, primary_url
from services.chassis.metrics import (
    DATABASE_CONNECTIONS,
    DATABASE_CONNECTIONS_MOST,
    DATABASE_READS,
)
from services.chassis.replicas import Replica, Replicas
from services.chassis.setting_groups import StoreSettings
from services.chassis.store_errors import StoreUnavailable, told_apart

__all__ = ["SQL", "STATEMENT_SECONDS", "Database", "ReadTransaction", "WriteTransaction"]

log = structlog.get_logger(__name__)


class Database:
    """The primary and the replicas of one service's schema."""

    def __init__(self, primary: AsyncEngine, replicas: Replicas) -> None:
        self._primary = primary
        self._replicas = replicas
        self._read_from = {name: DATABASE_READS.labels(name) for name in self.pools()}

    @classmethod
    @asynccontextmanager
    async def open(cls, settings: StoreSettings, schema: str) -> AsyncIterator[Self]:
        """Pools to the databases of `settings`, opened as far as the databases answer."""
        url = primary_url(settings.database_url.get_secret_value())
        replica_url = settings.database_replica_url
        others = database_urls(replica_url.get_secret_value()) if replica_url else []
        engines = [
            engine_for(url, schema, settings, as_named_now(settings, "database_url")),
            *(
                engine_for(one, schema, settings, as_named_now(settings, "database_replica_url", n))
                for n, one in enumerate(others)
            ),
        ]
        replicas = Replicas(
            engines[1:],
            settings.database_replica_most_lag_seconds,
            settings.database_replica_most_lag_bytes,
        )
        database = cls(engines[0], replicas)
        async with AsyncExitStack() as stack:
            for engine in engines:
                stack.push_async_callback(engine.dispose)
            await asyncio.gather(*(warm(engine, settings.database_pool_min) for engine in engines))
            for pool, engine in database.pools().items():
                in_use = DATABASE_CONNECTIONS.labels(pool)
                in_use.set_function(engine.pool.checkedout)  # type: ignore[attr-defined]
                DATABASE_CONNECTIONS_MOST.labels(pool).set(settings.database_pool_max)
            if others:
                stack.push_async_callback(_ended, asyncio.create_task(database.watch()))
            yield database

    @asynccontextmanager
    async def write(self) -> AsyncIterator[WriteTransaction]:
        """A transaction on the primary: commits on leaving, rolls back on an error.

        Raises StoreUnavailable or StoreBusy; if the commit itself had no answer, its outcome is
        unknown, and only the request id finds it out.
        """
        async with connected(self._primary, is_autocommit=False) as connection:
            with told_apart():
                await connection.begin()
            transaction = WriteTransaction(connection)
            try:
                yield transaction
            except StoreUnavailable as error:
                # Whatever this server is now, the next one who writes shall look for the primary.
                await to_the_end(connection.invalidate(error))
                raise
            await to_the_end(self._commit(connection, transaction))

    def write_plainly(self, first: str) -> AbstractAsyncContextManager[PlainTransaction]:
        """The same for statements in the driver's own words alone. `first` is one without arguments
        whose rows nobody needs: it travels with the transaction's beginning."""
        return written_plainly(self._primary, first)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[ReadTransaction]:
        """Statements on a replica that shows what the caller has written, else on the primary."""
        async with self._read(is_cached=True) as found:
            yield found

    @asynccontextmanager
    async def look(self) -> AsyncIterator[ReadTransaction]:
        """The same for what is not cached: the position it tells may be older than what it shows,
        which mostly saves the round trip of asking."""
        async with self._read(is_cached=False) as found:
            yield found

    @asynccontextmanager
    async def read_primary(self) -> AsyncIterator[ReadTransaction]:
        """Statements on the primary, for what must not be stale: roles, and what decides."""
        async with AsyncExitStack() as stack:
            self._read_from["primary"].inc()
            yield await self._on(self._primary, stack, WRITTEN)

    @asynccontextmanager
    async def primary(self) -> AsyncIterator[ReadTransaction]:
        """The same for statements that look themselves whether the server is one: it saves the
        round trip of asking."""
        async with connected(self._primary) as connection:
            self._read_from["primary"].inc()
            yield ReadTransaction(connection, 0)

    async def primary_is_up(self) -> bool:
        """Whether the primary answers, and is one."""
        return await self._answers(self._primary, WRITTEN)

    async def replicas_are_up(self) -> bool:
        """Whether every replica answers; true when there is none."""
        asked = (self._answers(replica.engine, VISIBLE) for replica in self._replicas.all)
        return all(await asyncio.gather(*asked))

    def pools(self) -> dict[str, AsyncEngine]:
        """By the server's name."""
        replicas = {replica.name: replica.engine for replica in self._replicas.all}
        return {"primary": self._primary, **replicas}

    async def watch(self) -> None:
        """Measure how far the replicas are behind, for ever."""
        await self._replicas.watch(self._primary, self._visible)

    async def _visible(self, engine: AsyncEngine) -> Position:
        async with AsyncExitStack() as stack:
            return (await self._on(engine, stack, VISIBLE)).position

    async def _answers(self, engine: AsyncEngine, query: str) -> bool:
        try:
            async with AsyncExitStack() as stack:
                await self._on(engine, stack, query)
        except Exception:
            return False
        return True

    @asynccontextmanager
    async def _read(self, *, is_cached: bool) -> AsyncIterator[ReadTransaction]:
        async with AsyncExitStack() as stack:
            replica = self._replicas.next()
            found = await self._try(replica, stack, is_cached) if replica else None
            if found is None:
                self._read_from["primary"].inc()
                found = await self._on(self._primary, stack, VISIBLE if is_cached else None)
            yield found

    async def _try(
        self, replica: Replica, stack: AsyncExitStack, is_cached: bool
    ) -> ReadTransaction | None:
        """The replica's transaction, or nothing when it is away or behind."""
        async with AsyncExitStack() as attempt:
            try:
                connection = await attempt.enter_async_context(connected(replica.engine))
                position = 0 if is_cached else known_position(connection)
                if is_cached or position < consistency.asked():
                    with told_apart():
                        position = await position_on(connection)
            except Exception as error:
                log.warning("a replica is passed over", error=str(error))
                replica.rest()
                return None
            if position < consistency.asked():
                return None
            stack.push_async_exit(attempt.pop_all())
            self._read_from[replica.name].inc()
            return ReadTransaction(connection, position)

    async def _on(
        self, engine: AsyncEngine, stack: AsyncExitStack, query: str | None
    ) -> ReadTransaction:
        connection = await stack.enter_async_context(connected(engine))
        if query is None:
            return ReadTransaction(connection, 0)
        with told_apart():
            return ReadTransaction(connection, await position_on(connection, query))

    @staticmethod
    async def _commit(connection: AsyncConnection, transaction: WriteTransaction) -> None:
        # Whoever lost the connection on the way may have passed over it: nothing is there then.
        pooled(connection)
        with told_apart():
            async with asyncio.timeout(COMMIT_SECONDS):
                await connection.commit()
        try:
            position = await position_on(connection, WRITTEN)
        except Exception:
            log.warning("a commit's position is not known")
            position = consistency.ONLY_THE_PRIMARY
        consistency.note_written(position)
        await transaction.run_afterwards(position)


async def _ended(task: "asyncio.Task[None]") -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
