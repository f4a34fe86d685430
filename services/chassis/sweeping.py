"""Forgetting the outcomes of old requests: on a schedule of the worker's where there is one, else
beside a service's own work, as all else there that is kept for a time."""

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

from services.chassis import logs
from services.chassis.db import Database
from services.chassis.errors import Unavailable
from services.chassis.jobs import Handler, Job
from services.chassis.once import Once
from services.chassis.retention import Rule, kept_no_longer
from services.chassis.schedules import Schedule

SWEEP_SECONDS = 3600.0
# Replicas that start together do not sweep together, and a schema may come after its service.
FIRST_SWEEP_SECONDS = (30.0, 90.0)

FORGET = Schedule(kind="forget_requests", every=timedelta(seconds=SWEEP_SECONDS))

log = logs.logger(__name__)


def forgetting(once: Once) -> Handler:
    """The handler of FORGET's jobs."""

    async def forget(_job: Job) -> None:
        log.info("old requests forgotten", rows=await once.sweep())

    return forget


@asynccontextmanager
async def sweeping(once: Once, database: Database, rules: Sequence[Rule]) -> AsyncIterator[None]:
    """Sweep within two minutes and each hour after, for as long as the block runs."""
    task = asyncio.create_task(_sweep_for_ever(once, database, rules))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _sweep_for_ever(once: Once, database: Database, rules: Sequence[Rule]) -> None:
    await asyncio.sleep(random.uniform(*FIRST_SWEEP_SECONDS))
    while True:
        try:
            log.info("old requests forgotten", rows=await once.sweep())
            log.info("old rows removed", **await kept_no_longer(database, rules))
        except Unavailable as error:
            log.warning("what is old is kept for now", reason=error.reason)
        except Exception:
            log.exception("what is old is kept for now")
        await asyncio.sleep(SWEEP_SECONDS)
