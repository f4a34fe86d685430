"""Looks each minute for reminders that are due. Any number of workers may: each is told once."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from services.chassis import logs
from services.chassis.db import Database
from services.chassis.errors import Unavailable
from services.chassis.jobs import Jobs
from services.sessions.domain.reminders import LONGEST_AHEAD, due
from services.sessions.storage import reminders

LOOK_SECONDS = 60.0
# Workers that start together do not look together.
FIRST_LOOK_SECONDS = (3.0, 8.0)

log = logs.logger(__name__)


@asynccontextmanager
async def reminding(database: Database, hours: timedelta) -> AsyncIterator[None]:
    """Look soon and each minute after, for as long as the block runs."""
    task = asyncio.create_task(_look_for_ever(database, hours))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def remind(database: Database, hours: timedelta) -> int:
    """Tell what is due now; answers how many people are told. Raises Unavailable when the
    database is away; what one session cannot be told now waits for the next look."""
    jobs = Jobs()
    async with database.read_primary() as reading:
        now, sessions = await reminders.coming(reading, max(LONGEST_AHEAD, hours))
    told = 0
    for one in sessions:
        for kind in due(one.session, now, hours, one.ours_since):
            if kind in one.told:
                continue
            try:
                async with database.write() as transaction:
                    told += await reminders.remind(transaction, jobs, one.session, kind)
            except Unavailable as error:
                log.warning("a reminder waits", session_id=one.session.id, reason=error.reason)
    return told


async def _look_for_ever(database: Database, hours: timedelta) -> None:
    await asyncio.sleep(random.uniform(*FIRST_LOOK_SECONDS))
    while True:
        try:
            if told := await remind(database, hours):
                log.info("people are reminded", people=told)
        except Unavailable as error:
            log.warning("reminders wait for the database", reason=error.reason)
        except Exception:
            log.exception("reminders could not be looked for")
        await asyncio.sleep(LOOK_SECONDS)
