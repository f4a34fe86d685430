"""Forgetting the outcomes of old requests: on a schedule of the worker's where there is one, else
beside a service's own work."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from services.chassis import logs
from services.chassis.errors import Unavailable
from services.chassis.jobs import Handler, Job
from services.chassis.once import Once
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
async def sweeping(once: Once) -> AsyncIterator[None]:
    """Sweep within two minutes and each hour after, for as long as the block runs."""
    task = asyncio.create_task(_sweep_for_ever(once))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _sweep_for_ever(once: Once) -> None:
    await asyncio.sleep(random.uniform(*FIRST_SWEEP_SECONDS))
    while True:
        try:
            log.info("old requests forgotten", rows=await once.sweep())
        except Unavailable as error:
            log.warning("old requests are kept for now", reason=error.reason)
        except Exception:
            log.exception("old requests are kept for now")
        await asyncio.sleep(SWEEP_SECONDS)
