"""Work that is due again and again: each tick enqueues one job, whichever worker sees it first.

A schedule is a row in the queue's own schema. Who finds its time come moves it on and enqueues the
job in one statement, by the database's clock: never twice, and a worker that dies before has done
neither. Ticks missed during an outage are one; none is enqueued while the last one's job is open.
"""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver

# The longest that a schedule added by another release's worker could go unseen, and the shortest
# pause: workers that wake up together do not ask together.
LONGEST_PAUSE, SHORTEST_PAUSE = 30.0, 0.05
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

BEGIN = """INSERT INTO pgqueuer_schedules (expression, entrypoint, next_run)
    VALUES ($1, $2, now()) ON CONFLICT DO NOTHING"""
FORGET = "DELETE FROM pgqueuer_schedules WHERE entrypoint = $2 AND expression <> $1"
# One that was given up is replaced by the next: it would do the same.
TICK = """WITH due AS (
    UPDATE pgqueuer_schedules SET last_run = now(), updated = now(),
        next_run = date_bin($3, now(), $4) + $3
    WHERE expression = $1 AND entrypoint = $2 AND next_run <= now() RETURNING entrypoint
), given_up AS (
    DELETE FROM pgqueuer USING due WHERE status = 'failed' AND dedupe_key = 'schedule:' || $2
)
INSERT INTO pgqueuer (priority, entrypoint, payload, status, dedupe_key)
    SELECT 0, entrypoint, '', 'queued', 'schedule:' || entrypoint FROM due
    ON CONFLICT DO NOTHING"""
NEXT = """SELECT extract(epoch FROM min(next_run) - now())::float8 AS seconds
    FROM pgqueuer_schedules WHERE entrypoint = ANY($1)"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """A job of this kind at every multiple of `every` since 1970 (UTC), `offset` later: a day and
    three hours is 03:00 each day."""

    kind: str
    every: timedelta
    offset: timedelta = timedelta(0)

    @property
    def expression(self) -> str:
        """How it is written down; another expression is another schedule."""
        return f"every {self.every.total_seconds():g} s, {self.offset.total_seconds():g} s later"


async def keep_time(driver: AsyncpgDriver, schedules: Sequence[Schedule]) -> None:
    """Enqueue what is due, for ever. Raises what the database raises."""
    kinds = [schedule.kind for schedule in schedules]
    for one in schedules:
        await driver.execute(BEGIN, one.expression, one.kind)
        await driver.execute(FORGET, one.expression, one.kind)
    while True:
        for one in schedules:
            await driver.execute(TICK, one.expression, one.kind, one.every, EPOCH + one.offset)
        [left] = await driver.fetch(NEXT, kinds)
        seconds = float(str(left["seconds"]))
        await asyncio.sleep(
            min(LONGEST_PAUSE, max(SHORTEST_PAUSE, seconds * random.uniform(1, 1.01)))
        )
