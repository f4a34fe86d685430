"""A keeper for each bot: rounds by event and by time, never two of one bot at once, and only so
many bots at once. This is also where the time of the last round is known."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from services.chassis import logs

Round = Callable[[str], Awaitable[float | None]]
"""Of one bot by name: seconds until the next, None when it is gone."""

ROUND_SECONDS = 240.0
"""A round is many calls of ten seconds at most; one that takes longer hangs."""

AFTER_A_BUG = 60.0

log = logs.logger(__name__)


@dataclass(slots=True, kw_only=True)
class Keeper:
    """Of one bot."""

    wake: asyncio.Event = field(default_factory=asyncio.Event)
    task: asyncio.Task[None] | None = None
    due: float = 0.0
    """When its next round should have begun, of time.monotonic()."""


class Keepers:
    """All of the namespace."""

    def __init__(self, round_of: Round, at_once: int) -> None:
        self._round = round_of
        self._room = asyncio.Semaphore(at_once)
        self._keepers: dict[str, Keeper] = {}
        self._last_end = time.monotonic()

    def wake(self, name: str) -> None:
        """Something may have changed: have a round now, and keep the bot from now on."""
        keeper = self._keepers.get(name)
        if keeper is None:
            keeper = self._keepers[name] = Keeper(due=time.monotonic())
            keeper.task = asyncio.create_task(self._keep(name, keeper))
        keeper.wake.set()

    def overdue(self) -> float:
        """Seconds for which a round has been due and none has ended: a long queue that moves on is
        busy, not stuck."""
        now = time.monotonic()
        late = max((now - keeper.due for keeper in self._keepers.values()), default=0.0)
        return max(0.0, min(late, now - self._last_end))

    async def close(self) -> None:
        """End all of them; a round that is cut off is mended by the next process."""
        tasks = [keeper.task for keeper in self._keepers.values() if keeper.task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _keep(self, name: str, keeper: Keeper) -> None:
        while True:
            keeper.wake.clear()
            async with self._room:
                pause = await self._rounded(name)
            self._last_end = time.monotonic()
            if pause is None and not keeper.wake.is_set():
                del self._keepers[name]
                return
            keeper.due = time.monotonic() + (pause or 0.0)
            await _woken(keeper.wake, pause or 0.0)

    async def _rounded(self, name: str) -> float | None:
        try:
            async with asyncio.timeout(ROUND_SECONDS):
                return await self._round(name)
        except TimeoutError:
            log.error("a round hung", bot=name)
        except Exception:
            log.exception("a round broke", bot=name)
        return AFTER_A_BUG


async def _woken(wake: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(wake.wait(), seconds)
    except TimeoutError:
        return
