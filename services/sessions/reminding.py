"""Looks each minute for reminders that are due. Any number of workers may: each is told once."""

from datetime import timedelta

from services.chassis import logs
from services.chassis.db import Database
from services.chassis.errors import Unavailable
from services.chassis.jobs import Handler, Job, Jobs
from services.chassis.schedules import Schedule
from services.sessions.domain.reminders import LONGEST_AHEAD, due
from services.sessions.storage import reminders

REMIND = Schedule(kind="remind", every=timedelta(minutes=1))

log = logs.logger(__name__)


def reminding(database: Database, hours: timedelta) -> Handler:
    """The handler of REMIND's jobs."""

    async def look(_job: Job) -> None:
        if told := await remind(database, hours):
            log.info("people are reminded", people=told)

    return look


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
