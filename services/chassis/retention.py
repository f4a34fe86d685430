"""What is kept no longer than it is needed: rules of a service, and the job that carries them out.

A rule's statement removes or empties at most `:piece` rows that are older than `:kept`; it is run
until it finds fewer, each time in a transaction of its own, so that nobody waits for it and a
process that ends in between has done a part.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import TextClause, text

from services.chassis import logs
from services.chassis.db import Database
from services.chassis.jobs import Handler, Job
from services.chassis.metrics import RETENTION_REMOVED
from services.chassis.schedules import Schedule

RETAIN = Schedule(kind="retain", every=timedelta(hours=1))
PIECE = 5000

log = logs.logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """`what` is its name in metrics and logs."""

    what: str
    kept: timedelta
    statement: TextClause


AUDIT = Rule(
    what="audit",
    kept=timedelta(days=365),
    # There is no index by time, but the oldest have the smallest ids.
    statement=text("""DELETE FROM audit WHERE id IN (
        SELECT id FROM audit ORDER BY id LIMIT :piece) AND at < now() - CAST(:kept AS interval)"""),
)
PARKED = Rule(
    what="parked_jobs",
    kept=timedelta(days=30),
    statement=text("""DELETE FROM pgqueuer WHERE id IN (
        SELECT id FROM pgqueuer WHERE status = 'failed'
            AND updated < now() - CAST(:kept AS interval) LIMIT :piece)"""),
)


async def kept_no_longer(
    database: Database, rules: Sequence[Rule], *, piece: int = PIECE
) -> dict[str, int]:
    """Carry the rules out; how many rows each has removed. Raises Unavailable."""
    removed = {}
    for rule in rules:
        removed[rule.what] = await _carried_out(database, rule, piece)
    return removed


def retaining(database: Database, rules: Sequence[Rule], *, piece: int = PIECE) -> Handler:
    """The handler of RETAIN's jobs."""

    async def retain(_job: Job) -> None:
        log.info("old rows removed", **await kept_no_longer(database, rules, piece=piece))

    return retain


async def _carried_out(database: Database, rule: Rule, piece: int) -> int:
    removed, gone = 0, piece
    parameters = {"kept": rule.kept, "piece": piece}
    while gone == piece:
        async with database.write() as transaction:
            gone = (await transaction.execute(rule.statement, parameters)).rowcount
        removed += gone
        RETENTION_REMOVED.labels(rule.what).inc(gone)
    return removed
