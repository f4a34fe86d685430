"""How much work waits, by kind: due, later, parked; and how long the oldest that is due waits."""

import asyncio
from collections.abc import Iterable

from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver

from services.chassis.metrics import JOBS_OLDEST_SECONDS, JOBS_WAITING

LOOK_SECONDS = 15.0
STATES = ("due", "later", "under_way", "parked")
FIGURES = """SELECT entrypoint AS kind,
    count(*) FILTER (WHERE status = 'queued' AND execute_after <= now()) AS due,
    count(*) FILTER (WHERE status = 'queued' AND execute_after > now()) AS later,
    count(*) FILTER (WHERE status = 'picked') AS under_way,
    count(*) FILTER (WHERE status = 'failed') AS parked,
    coalesce(extract(epoch FROM now() - min(execute_after)
        FILTER (WHERE status = 'queued' AND execute_after <= now())), 0)::float8 AS oldest
    FROM pgqueuer GROUP BY entrypoint"""


async def tell(driver: AsyncpgDriver, kinds: Iterable[str]) -> None:
    """Keep the gauges right, for ever. Raises what the database raises."""
    known = set(kinds)
    while True:
        found = {str(row["kind"]): row for row in await driver.fetch(FIGURES)}
        known |= found.keys()
        for kind in known:
            row = found.get(kind, {})
            for state in STATES:
                JOBS_WAITING.labels(kind, state).set(float(str(row.get(state, 0))))
            JOBS_OLDEST_SECONDS.labels(kind).set(float(str(row.get("oldest", 0))))
        await asyncio.sleep(LOOK_SECONDS)
