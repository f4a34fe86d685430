"""Tells now and then how the league stands. Every worker does; whoever reads takes the largest."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from services.chassis import logs
from services.chassis.db import Database
from services.sessions import metrics
from services.sessions.storage.counts import Standing, standing

COUNT_SECONDS = 15.0

log = logs.logger(__name__)


@asynccontextmanager
async def counting(database: Database, every: float = COUNT_SECONDS) -> AsyncIterator[None]:
    """Keep the gauges right while the block runs."""
    task = asyncio.create_task(_count_for_ever(database, every))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def count(database: Database) -> None:
    """Count once, where reads go. Raises what the database raises."""
    async with database.read() as transaction:
        found = await standing(transaction)
    _tell(found)
    metrics.COUNTED_AT.set_to_current_time()


async def _count_for_ever(database: Database, every: float) -> None:
    while True:
        try:
            await count(database)
        except Exception as error:
            log.warning("the league cannot be counted now", error=repr(error))
        await asyncio.sleep(every)


def _tell(found: Standing) -> None:
    metrics.SESSIONS.labels("planned").set(found.planned)
    metrics.SESSIONS.labels("started").set(found.started)
    metrics.FULL.set(found.full)
    metrics.PLACES.labels("taken").set(found.taken)
    metrics.PLACES.labels("free").set(found.free)
    metrics.WAITLISTED.set(found.waitlisted)
    metrics.UNDECIDED.set(found.undecided)
    metrics.OVERBOOKED.set(found.overbooked)
    for status, (payments, amount) in found.payments.items():
        metrics.PAYMENTS.labels(status).set(payments)
        metrics.MONEY.labels(status).set(amount)
