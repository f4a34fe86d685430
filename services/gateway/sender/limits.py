"""How fast Telegram lets a bot speak: one limiter for all senders, in the cluster.

A place in the bot's rate, in the chat's and in the group's is taken whole or not at all. While
the cluster is away each sender keeps to its share of the rate. Telegram's 429 silences the bot.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import uuid4

from services.chassis.cache import Cache, CacheDown
from services.gateway.sender import metrics

# At most 20 a minute in a group: a burst of 5 and one each 4 s are never more.
GROUP_INTERVAL, GROUP_BURST = 4.0, 5
# A sender that has asked for nothing that long does not count for the shares.
PEER_SECONDS = 60
# How often a sender without limits, who asks for no places, asks whether there is a pause.
LISTEN_SECONDS = 1.0
# A sender's own book of fewer chats is not looked through for those that may be forgotten.
FEW = 64
# How often the others are told of a pause before they are left to their own 429.
TELL_TIMES = 3

# KEYS: the pause, the senders, then one key per limit. ARGV: this sender, milliseconds after which
# a sender is forgotten, then per limit, in milliseconds: its interval, its tolerance, and when it
# is due from now by this sender's own book, which knows what was sent while the cluster was away.
# Answers: milliseconds to wait (0: go), which limit said so (0: the pause), how many senders.
TAKE_LUA = """
local clock = redis.call('TIME')
local now = clock[1] * 1000 + clock[2] / 1000
redis.call('ZADD', KEYS[2], now, ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now - ARGV[2])
redis.call('PEXPIRE', KEYS[2], ARGV[2])
local senders = redis.call('ZCARD', KEYS[2])
local paused = redis.call('PTTL', KEYS[1])
if paused > 0 then return {paused, 0, senders} end
local due = {}
for limit = 1, #KEYS - 2 do
  local known = tonumber(redis.call('GET', KEYS[limit + 2]) or now)
  local at = math.max(known, now + ARGV[3 * limit + 2])
  local wait = at - ARGV[3 * limit + 1] - now
  if wait > 0 then return {math.ceil(wait), limit, senders} end
  due[limit] = at + ARGV[3 * limit]
end
for limit, at in ipairs(due) do
  redis.call('SET', KEYS[limit + 2], string.format('%.3f', at), 'PX', math.ceil(at - now) + 1000)
end
return {0, 0, senders}
"""


class Scope(StrEnum):
    """Whom a wait concerns."""

    BOT = "bot"
    CHAT = "chat"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Not yet: come again in so many seconds."""

    seconds: float
    scope: Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """One message per `interval` seconds, `burst` of them at once."""

    name: str
    scope: Scope
    interval: float
    burst: int = 1

    @property
    def tolerance(self) -> float:
        """Seconds by which a message may be early."""
        return self.interval * (self.burst - 1)


@dataclass(slots=True)
class LocalLimiter:
    """The same rule in this process's memory, for while the cluster is away."""

    clock: Callable[[], float] = time.monotonic
    _due: dict[str, float] = field(default_factory=dict)
    _purged_at: int = FEW

    def take(self, limits: Sequence[Limit], senders: int) -> Wait | None:
        """Take a place in all limits, the bot's rate shared with the other senders."""
        for limit in limits:
            if (wait := self.due_in(limit) - limit.tolerance) > 0:
                return Wait(seconds=wait, scope=limit.scope)
        self.note(limits, senders)
        return None

    def note(self, limits: Sequence[Limit], senders: int = 1) -> None:
        """A place in all limits has been taken, here or in the cluster."""
        now = self.clock()
        for limit in limits:
            share = senders if limit.scope is Scope.BOT else 1
            self._due[limit.name] = now + self.due_in(limit) + limit.interval * share
        if len(self._due) >= self._purged_at:
            self._due = {name: at for name, at in self._due.items() if at > now}
            self._purged_at = 2 * len(self._due) + FEW

    def due_in(self, limit: Limit) -> float:
        """Seconds until the limit's next place, by this process's book alone."""
        now = self.clock()
        return max(self._due.get(limit.name, now) - now, 0.0)


class Limits:
    """The bot's limits, as this sender keeps them together with the others: messages a second in
    all and in one chat, 0 for no limit."""

    def __init__(self, cache: Cache, bot_id: int, rate: int, chat_rate: int = 1) -> None:
        self._cache = cache
        self._prefix = cache.key("limit", 1, bot_id)
        self._bot = Limit(name="bot", scope=Scope.BOT, interval=1 / rate) if rate else None
        self._chat_rate = chat_rate
        self._sender = uuid4().hex
        self._senders = 1
        self._local = LocalLimiter()
        self._listened_at = -LISTEN_SECONDS
        self.rate = rate
        """Messages a second of the whole bot, 0 for no limit."""
        self.quiet_until = 0.0
        """The moment of time.monotonic() at which the last pause ends."""

    async def take(self, chat_id: int) -> Wait | None:
        """Take the right to send one message to the chat now, or learn how long to wait."""
        if (quiet := self.quiet_until - time.monotonic()) > 0:
            return Wait(seconds=quiet, scope=Scope.BOT)
        limits = self._limits(chat_id)
        return await self._take(limits) if limits else None

    async def quiet_for(self) -> float:
        """Seconds until Telegram's last pause ends, as far as anybody knows."""
        now = time.monotonic()
        if now - self._listened_at >= LISTEN_SECONDS:
            self._listened_at = now
            await self._listen()
        return max(self.quiet_until - time.monotonic(), 0.0)

    async def pause(self, seconds: float) -> None:
        """Telegram's 429: nobody sends anything for so long, the other senders included."""
        self.quiet_until = max(self.quiet_until, time.monotonic() + seconds)
        for _ in range(TELL_TIMES):
            try:
                await self._cache.send("SET", self._key("pause"), b"1", "PX", int(seconds * 1000))
            except CacheDown:
                continue
            return

    async def _take(self, limits: Sequence[Limit]) -> Wait | None:
        try:
            milliseconds, which, self._senders = await self._ask(limits)
        except CacheDown:
            metrics.LIMITER_LOCAL.inc()
            return self._local.take(limits, self._senders)
        if milliseconds <= 0:
            self._local.note(limits)
            return None
        if which == 0:
            self.quiet_until = time.monotonic() + milliseconds / 1000
        scope = limits[which - 1].scope if which else Scope.BOT
        return Wait(seconds=milliseconds / 1000, scope=scope)

    async def _listen(self) -> None:
        try:
            milliseconds = await self._cache.send("PTTL", self._key("pause"))
        except CacheDown:
            return
        if milliseconds > 0:
            self.quiet_until = max(self.quiet_until, time.monotonic() + milliseconds / 1000)

    def _limits(self, chat_id: int) -> list[Limit]:
        limits: list[Limit] = []
        if self._chat_rate:
            name, interval = f"chat:{chat_id}", 1 / self._chat_rate
            limits.append(Limit(name=name, scope=Scope.CHAT, interval=interval))
        if chat_id < 0:
            limits.append(
                Limit(
                    name=f"group:{chat_id}",
                    scope=Scope.CHAT,
                    interval=GROUP_INTERVAL,
                    burst=GROUP_BURST,
                )
            )
        return [*limits, self._bot] if self._bot else limits

    async def _ask(self, limits: Sequence[Limit]) -> tuple[int, int, int]:
        names = ("pause", "senders", *(limit.name for limit in limits))
        arguments: list[str | float] = [self._sender, PEER_SECONDS * 1000]
        for limit in limits:
            figures = (limit.interval, limit.tolerance, self._local.due_in(limit))
            arguments += [1000 * figure for figure in figures]
        keys = [self._key(name) for name in names]
        milliseconds, which, senders = await self._cache.evaluate(TAKE_LUA, keys, *arguments)
        return int(milliseconds), int(which), int(senders)

    def _key(self, name: str) -> str:
        """All in one slot, so that one script takes them together."""
        return f"{self._prefix}:{name}"
