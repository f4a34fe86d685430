"""Updates that were sent back with 503 since a write had no answer: how many, and for how long.

Telegram brings them again. Each of them keeps one of its queues waiting, so only half of the
webhook's connections may be held like this at a time; beyond it work that has not begun is
refused as busy, and after a minute an update is answered as unconfirmed.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Any, cast

import structlog

from services.chassis.cache import Cache, CacheDown
from services.gateway.metrics import HELD_BACK

GIVE_UP_SECONDS = 60.0
# A little longer, so that an update that never came again stops counting.
FORGET_SECONDS = 90.0
# A write that takes longer than this keeps a queue waiting as a 503 does.
SLOW_SECONDS = 1.0
COUNT_EVERY_SECONDS = 1.0

# KEYS: the held-back updates by first failure. ARGV: now, forget before, update, limit, ms.
HOLD_LUA = """
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[2])
local held = redis.call('ZSCORE', KEYS[1], ARGV[3])
if not held then
  if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[4]) then return 0 end
  redis.call('ZADD', KEYS[1], ARGV[1], ARGV[3])
end
redis.call('PEXPIRE', KEYS[1], ARGV[5])
return 1
"""

log = structlog.get_logger(__name__)


class Busy(Exception):
    """Too many updates are held back: this one's work was not begun."""


class HeldBack:
    """The held-back updates of one bot: counted in the cluster, or here while it is away."""

    def __init__(self, cache: Cache, limit: int, clock: Callable[[], float] = time.time) -> None:
        self._cache = cache
        self._limit = limit
        self._clock = clock
        self._here: dict[int, float] = {}
        self._writing: dict[int, float] = {}
        self._elsewhere = 0

    def begin(self, update_id: int, known: bool) -> None:
        """A write is about to leave. Raises Busy when too many wait, unless this update is one
        of those (`known`)."""
        if not known and update_id not in self._here and self._count() >= self._limit:
            raise Busy
        self._writing.setdefault(update_id, self._clock())

    def end(self, update_id: int) -> None:
        """The update is answered, in whatever way."""
        self._writing.pop(update_id, None)

    def failed_at(self, update_id: int) -> float | None:
        """When this process first sent the update back."""
        return self._here.get(update_id)

    async def hold(self, bot: int, update_id: int, failed_at: float) -> bool:
        """Whether the update may be sent back (again); False: answer it as unconfirmed."""
        now = self._clock()
        if now - failed_at >= GIVE_UP_SECONDS or not await self._may_wait(bot, update_id, now):
            await self.release(bot, update_id)
            return False
        self._here[update_id] = failed_at
        HELD_BACK.set(len(self._here))
        return True

    async def release(self, bot: int, update_id: int) -> None:
        """A held-back update has got its final answer."""
        self._here.pop(update_id, None)
        HELD_BACK.set(len(self._here))
        try:
            await self._cache.run(self._cache.commands.zrem(self._key(bot), str(update_id)))
        except CacheDown:
            log.info("a held-back update is forgotten by time alone", update_id=update_id)

    async def keep_counting(self, bot: Callable[[], int | None]) -> None:
        """Follows what the other replicas hold, until cancelled."""
        while True:
            known = bot()
            if known is not None:
                await self.recount(known)
            await asyncio.sleep(COUNT_EVERY_SECONDS)

    async def recount(self, bot: int) -> None:
        """Looks how many are held back now."""
        self._forget_old()
        since = self._clock() - FORGET_SECONDS
        try:
            command = self._cache.commands.zcount(self._key(bot), since, "+inf")
            self._elsewhere = max(0, int(await self._cache.run(command)) - len(self._here))
        except CacheDown:
            self._elsewhere = 0

    async def _may_wait(self, bot: int, update_id: int, now: float) -> bool:
        arguments = (now, now - FORGET_SECONDS, update_id, self._limit, int(FORGET_SECONDS * 1000))
        command = cast(Any, self._cache.commands.eval)(HOLD_LUA, 1, self._key(bot), *arguments)
        try:
            return bool(await self._cache.run(command))
        except CacheDown:
            return update_id in self._here or len(self._here) < self._limit

    def _count(self) -> int:
        slow_before = self._clock() - SLOW_SECONDS
        held = set(self._here)
        held.update(update for update, began in self._writing.items() if began < slow_before)
        return len(held) + self._elsewhere

    def _forget_old(self) -> None:
        before = self._clock() - FORGET_SECONDS
        self._here = {update: at for update, at in self._here.items() if at > before}
        HELD_BACK.set(len(self._here))

    def _key(self, bot: int) -> str:
        return self._cache.key("held_back", 1, bot)
