"""How far each person's own writes reach, for 30 s, so that he always sees them.

The cluster keeps the positions. While it is away, or was away when they were due, nothing is
known: then his reads ask for more than any replica or cached value has, and go to the primary.
"""

import time
from collections.abc import Callable, Mapping

from services.chassis.cache import CacheDown
from services.chassis.consistency import ONLY_THE_PRIMARY, Position
from services.gateway.person_memory import POSITIONS_MS, PersonMemory, Remembered

SERVICES = ("users", "sessions", "teams")


class OwnWrites:
    """The positions of the people who talk to one bot."""

    def __init__(self, memory: PersonMemory, clock: Callable[[], float] = time.monotonic) -> None:
        self._memory = memory
        self._clock = clock
        self._unsure: dict[int, float] = {}

    def known(self, person: int, remembered: Remembered | None) -> Mapping[str, Position]:
        """The positions to ask for, by service."""
        unsure = self._unsure.get(person)
        if remembered is None or (unsure is not None and self._clock() < unsure):
            return dict.fromkeys(SERVICES, ONLY_THE_PRIMARY)
        return remembered.positions

    async def keep(
        self,
        bot: int,
        person: int,
        before: Mapping[str, Position],
        after: Mapping[str, Position],
        *,
        wrote: bool,
    ) -> None:
        """Remembers what an update has written."""
        grown = {name: reached for name, reached in after.items() if reached > before.get(name, 0)}
        if ONLY_THE_PRIMARY in before.values():
            if wrote:
                self._be_unsure(person)
        elif grown:
            try:
                await self._memory.keep(bot, person, grown)
            except CacheDown:
                self._be_unsure(person)

    def _be_unsure(self, person: int) -> None:
        now = self._clock()
        self._unsure = {who: until for who, until in self._unsure.items() if until > now}
        self._unsure[person] = now + POSITIONS_MS / 1000
