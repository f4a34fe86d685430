"""What the sender does on the side: tells how much is waiting, forgets what is old."""

import asyncio
import time
from collections.abc import Callable
from datetime import timedelta

from services.chassis import logs
from services.chassis.db import Database, WriteTransaction
from services.chassis.metrics import RETENTION_REMOVED
from services.chassis.retention import PIECE
from services.gateway.sender import metrics
from services.gateway.sender.notices import NoticeStore
from services.gateway.sender.quarantined import KEPT, QuarantineStore

MEASURE_SECONDS = 5.0
SWEEP_SECONDS = 3600.0
# Far longer than a maker of notices repeats one.
SETTLED_KEPT = timedelta(days=7)

log = logs.logger(__name__)


class Upkeep:
    """The sender's clockwork over its tables."""

    def __init__(
        self,
        database: Database,
        notices: Callable[[WriteTransaction], NoticeStore],
        quarantine: Callable[[WriteTransaction], QuarantineStore],
    ) -> None:
        self._database = database
        self._notices = notices
        self._quarantine = quarantine

    async def run(self) -> None:
        """For ever: measure each 5 seconds, sweep each hour; a failure waits for the next time."""
        swept_at = -SWEEP_SECONDS
        while True:
            try:
                await self.measure()
                if time.monotonic() - swept_at >= SWEEP_SECONDS:
                    await self.sweep()
                    swept_at = time.monotonic()
            except Exception as error:
                log.warning("the sender's upkeep has to wait", error=repr(error))
            await asyncio.sleep(MEASURE_SECONDS)

    async def measure(self) -> None:
        """Set the gauges of the open notices."""
        async with self._database.write() as transaction:
            depths = await self._notices(transaction).depth()
        for rank, depth in depths.items():
            metrics.NOTICES_OPEN.labels(rank.name.lower()).set(depth.waiting)
            metrics.NOTICES_OLDEST_SECONDS.labels(rank.name.lower()).set(depth.oldest_seconds)

    async def sweep(self) -> None:
        """Forget settled notices, so many at a time, and quarantined updates after seven days."""
        gone = PIECE
        while gone == PIECE:
            async with self._database.write() as transaction:
                gone = await self._notices(transaction).sweep(SETTLED_KEPT, PIECE)
            RETENTION_REMOVED.labels("notices").inc(gone)
        async with self._database.write() as transaction:
            updates = await self._quarantine(transaction).sweep(KEPT)
        RETENTION_REMOVED.labels("quarantine").inc(updates)
