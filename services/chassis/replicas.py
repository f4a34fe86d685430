"""Which standby is asked next: none that has just failed, none that lags behind.

How far each is behind is measured beside the reads: the primary's positions of the last moments
are kept with their times, and a standby is as late as the newest of them that it shows.
"""

import asyncio
import itertools
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from services.chassis.consistency import Position
from services.chassis.metrics import DATABASE_REPLICA_LAG_BYTES, DATABASE_REPLICA_LAG_SECONDS
from services.chassis.store_errors import StoreBusy

# How long a replica that failed is passed over.
REST_SECONDS = 1.0
LOOK_SECONDS = 1.0
# A position may point into a page's header, which is never replayed as such.
HEADER_BYTES = 64

log = structlog.get_logger(__name__)
Measure = Callable[[AsyncEngine], Awaitable[Position]]


class Replica:
    """One standby, and whether it deserves to be asked."""

    def __init__(self, name: str, engine: AsyncEngine) -> None:
        self.name = name
        self.engine = engine
        self.is_late = False
        self._rests_until = 0.0
        self._lag_seconds = DATABASE_REPLICA_LAG_SECONDS.labels(name)
        self._lag_bytes = DATABASE_REPLICA_LAG_BYTES.labels(name)

    def is_fit(self) -> bool:
        """False while it is late, and for a second after a failure."""
        return not self.is_late and time.monotonic() >= self._rests_until

    def rest(self) -> None:
        """Pass it over for a while."""
        self._rests_until = time.monotonic() + REST_SECONDS

    def judge(self, seconds: float, behind: int, most_seconds: float, most_bytes: int) -> None:
        """Tell how far it is behind, and pass it over while that is too far."""
        self._lag_seconds.set(seconds)
        self._lag_bytes.set(behind)
        is_late = seconds > most_seconds or behind > most_bytes
        if is_late is not self.is_late:
            words = "a replica is too late" if is_late else "a replica has caught up"
            log.warning(words, replica=self.name, seconds=round(seconds, 1), bytes=behind)
        self.is_late = is_late


class Replicas:
    """The standbys of one database, asked in turn."""

    def __init__(self, engines: Sequence[AsyncEngine], most_seconds: float, most_bytes: int):
        self.all = [Replica(f"replica-{n}", engine) for n, engine in enumerate(engines)]
        self._most_seconds = most_seconds
        self._most_bytes = most_bytes
        self._turn = itertools.count()
        self._written: deque[tuple[float, Position]] = deque()

    def next(self) -> Replica | None:
        """One that is fit, if any is."""
        fit = [replica for replica in self.all if replica.is_fit()]
        return fit[next(self._turn) % len(fit)] if fit else None

    async def watch(self, primary: AsyncEngine, measure: Measure) -> None:
        """Measure for ever. While a server does not answer nothing new is known of it: without
        its primary a standby grows no older."""
        while True:
            try:
                self._note(await measure(primary))
            except Exception as error:
                log.debug("the primary's position is not known", error=str(error))
            else:
                await asyncio.gather(*(self._look(replica, measure) for replica in self.all))
            await asyncio.sleep(LOOK_SECONDS)

    def _note(self, position: Position) -> None:
        """Keep it, and as many older ones as tell a lag from one that is too long."""
        now = time.monotonic()
        if self._written and position < self._written[-1][1]:
            self._written.clear()  # another primary, which has not got all of the last one's
        self._written.append((now, position))
        while len(self._written) > 2 and self._written[1][0] < now - 2 * self._most_seconds:
            self._written.popleft()

    async def _look(self, replica: Replica, measure: Measure) -> None:
        try:
            shown = await measure(replica.engine) + HEADER_BYTES
        except StoreBusy:
            return  # much is read there, which is no fault of its own
        except Exception:
            replica.rest()
            return
        now, newest = self._written[-1]
        seen = [when for when, position in self._written if position <= shown]
        since = seen[-1] if seen else self._written[0][0]
        behind = max(0, newest - shown)
        replica.judge(now - since if behind else 0.0, behind, self._most_seconds, self._most_bytes)
