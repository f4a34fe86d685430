"""Write transactions in the driver's own words alone (driver_sql), for groups: SQLAlchemy's
connection, begin and commit would cost a group as much as its statements.

What a write means is as in db.py.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.util import greenlet_spawn

from services.chassis import consistency
from services.chassis.consistency import Position
from services.chassis.db_connections import COMMIT_SECONDS, STATEMENT_SECONDS, to_the_end
from services.chassis.db_transactions import WRITTEN, Afterwards
from services.chassis.store_errors import StoreUnavailable, told_apart

log = structlog.get_logger(__name__)


class NotCommitted(Exception):
    """The server has rolled back what was to be committed: a failed statement was passed over."""


class PlainTransaction(Afterwards):
    """A transaction on the primary."""

    def __init__(self, lent: Any) -> None:
        super().__init__()
        self._lent = lent
        self._driver = lent.driver_connection

    async def driver_connection(self) -> Any:
        """The asyncpg connection."""
        return self._driver

    async def lost(self, error: Exception) -> None:
        """The connection is of no use any more: the pool shall open another."""
        self._give_up(error)

    async def begin(self, first: str) -> None:
        """One round trip."""
        with told_apart():
            await self._driver.execute(f"BEGIN; {first}", timeout=STATEMENT_SECONDS)

    async def roll_back(self, error: BaseException) -> None:
        """Never raises. A server that has failed is not kept: whatever it is now, the next one who
        writes shall look for the primary."""
        if not isinstance(error, StoreUnavailable):
            try:
                await self._driver.execute("ROLLBACK", timeout=STATEMENT_SECONDS)
            except Exception as failure:
                log.warning("a transaction was not rolled back", error=str(failure))
            else:
                return
        self._give_up(error)

    async def commit(self) -> None:
        """And what follows it."""
        try:
            with told_apart():
                async with asyncio.timeout(COMMIT_SECONDS):
                    done = await self._driver.execute("COMMIT")
        except Exception as error:
            self._give_up(error)
            raise
        if done != "COMMIT":
            raise NotCommitted(done)
        try:
            position = Position(await self._driver.fetchval(WRITTEN, timeout=STATEMENT_SECONDS))
        except Exception as error:
            self._give_up(error)
            log.warning("a commit's position is not known")
            position = consistency.ONLY_THE_PRIMARY
        consistency.note_written(position)
        await self.run_afterwards(position)

    def _give_up(self, error: BaseException) -> None:
        if self._lent.is_valid:
            self._lent.invalidate(error)


@asynccontextmanager
async def written_plainly(engine: AsyncEngine, first: str) -> AsyncIterator[PlainTransaction]:
    """See Database.write_plainly."""
    lent = await _lent(engine)
    try:
        transaction = PlainTransaction(lent)
        try:
            await transaction.begin(first)
            yield transaction
        except BaseException as error:
            await to_the_end(transaction.roll_back(error))
            raise
        await to_the_end(transaction.commit())
    finally:
        # Nothing is open on it, so this waits for nothing.
        lent.close()


async def _lent(engine: AsyncEngine) -> Any:
    """A connection from the pool. SQLAlchemy tells its failures apart for its own connections only:
    what the driver said stands behind its word."""
    with told_apart():
        try:
            return await greenlet_spawn(engine.pool.connect)
        except engine.dialect.loaded_dbapi.Error as error:
            raise error.__cause__ or error from error
