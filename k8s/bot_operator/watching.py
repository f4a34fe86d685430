"""Whether the watch still tells us what there is. Watches die silently, and a process that hears
nothing looks as healthy as one that has nothing to hear: so what the watch told is compared with
what the API server lists."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from k8s.bot_operator import metrics
from k8s.bot_operator.api import ApiFault
from services.chassis import logs

log = logs.logger(__name__)

Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """A resource as somebody saw it."""

    name: str
    version: str
    generation: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Debt:
    """What the watch has not told yet; an empty version: the resource's end."""

    name: str
    version: str
    since: float


class Watched:
    """What the watch told, and since when it owes us something, by uid. `clock` counts seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._told: dict[str, Sighting] = {}
        self._owed: dict[str, Debt] = {}

    def told(self, body: Body, *, is_gone: bool) -> bool:
        """An event came. Whether it is more than a change of the status."""
        uid, seen = body["metadata"]["uid"], sighting(body)
        before = self._told.pop(uid, None)
        self._owed.pop(uid, None)
        if is_gone:
            return True
        self._told[uid] = seen
        return before is None or before.generation != seen.generation

    def listed(self, bodies: Sequence[Body]) -> None:
        """What there is. What the watch has not told is owed from now on; a newer version that is
        not told either is no new debt."""
        there = {body["metadata"]["uid"]: sighting(body) for body in bodies}
        owed = {uid: seen for uid, seen in there.items() if self._told.get(uid) != seen}
        gone = {uid: seen for uid, seen in self._told.items() if uid not in there}
        self._owed = {uid: self._debt(uid, seen.name, seen.version) for uid, seen in owed.items()}
        self._owed |= {uid: self._debt(uid, seen.name, "") for uid, seen in gone.items()}

    def behind(self) -> float:
        """Seconds for which the oldest debt stands."""
        now = self._clock()
        return max((now - debt.since for debt in self._owed.values()), default=0.0)

    def owing(self) -> Sequence[str]:
        """Names of those of which the watch has not told the newest."""
        return tuple(debt.name for debt in self._owed.values())

    def _debt(self, uid: str, name: str, version: str) -> Debt:
        before = self._owed.get(uid)
        since = before.since if before is not None else self._clock()
        return Debt(name=name, version=version, since=since)


def sighting(body: Body) -> Sighting:
    """Of a resource's body."""
    metadata = body["metadata"]
    return Sighting(
        name=str(metadata["name"]),
        version=str(metadata["resourceVersion"]),
        generation=int(metadata["generation"]),
    )


async def compare(
    watched: Watched,
    bots: Callable[[], Awaitable[Sequence[Body]]],
    wake: Callable[[str], None],
    every: float,
) -> None:
    """For ever. What the watch owes is looked at all the same."""
    while True:
        await asyncio.sleep(every)
        try:
            found = await bots()
        except ApiFault as fault:
            # Nobody can be heard: that is not the watch's fault, and a restart would not help.
            log.warning("the bots cannot be listed", status=fault.status)
            continue
        watched.listed(found)
        metrics.WATCH_BEHIND.set(watched.behind())
        for name in watched.owing():
            wake(name)
