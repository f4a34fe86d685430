"""Forgetting what the queue has written down of jobs long done, on a schedule of the worker's: by
itself it keeps a few rows of each job for ever."""

from datetime import timedelta

from sqlalchemy import text

from services.chassis import logs
from services.chassis.db import Database
from services.chassis.jobs import Handler, Job
from services.chassis.schedules import Schedule

FORGET_JOBS = Schedule(kind="forget_jobs", every=timedelta(hours=1))
KEPT = timedelta(days=7)
# Rows to a transaction: each ends well before a statement's deadline.
PIECE = 10_000

# What a parked job has died of is told for as long as it is parked.
FORGET_LOG = text("""DELETE FROM pgqueuer_log WHERE id IN (
    SELECT id FROM pgqueuer_log AS old
    WHERE created < now() - CAST(:kept AS interval) AND NOT EXISTS (
        SELECT FROM pgqueuer AS job WHERE job.id = old.job_id AND job.status = 'failed')
    ORDER BY created LIMIT :piece)""")
# There is no index by time, but the oldest have the smallest ids.
FORGET_COUNTS = text("""DELETE FROM pgqueuer_statistics
    WHERE id IN (SELECT id FROM pgqueuer_statistics ORDER BY id LIMIT :piece)
        AND created < now() - CAST(:kept AS interval)""")

log = logs.logger(__name__)


def forgetting_jobs(database: Database, *, piece: int = PIECE) -> Handler:
    """The handler of FORGET_JOBS' jobs."""

    async def forget(_job: Job) -> None:
        log.info("old jobs forgotten", rows=await swept(database, piece=piece))

    return forget


async def swept(database: Database, *, piece: int = PIECE) -> int:
    """Forget what is older than seven days, so many rows at a time; the number of rows."""
    rows = 0
    for statement in (FORGET_LOG, FORGET_COUNTS):
        gone = piece
        while gone == piece:
            async with database.write() as transaction:
                done = await transaction.execute(statement, {"kept": KEPT, "piece": piece})
            gone = done.rowcount
            rows += gone
    return rows
