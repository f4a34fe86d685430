"""Cache-aside in the cluster; a failure of the cluster is a miss, never an error.

A value carries the WAL position it was read at. A stale fill never overwrites a newer one, an
invalidation leaves a tombstone with the commit's position, and a value older than what the caller
has written is a miss (`consistency`). Keys are built here only. Every command has a time-out of
100 ms and stands behind a breaker.
"""

import asyncio
import math
import random
import struct
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from typing import Any, Self, TypeVar

import structlog
from redis.asyncio.cluster import ClusterNode, RedisCluster
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from services.chassis import consistency
from services.chassis.consistency import Position
from services.chassis.metrics import CACHE_CONNECTIONS, CACHE_REQUESTS
from services.chassis.seeds import Seed, seeds
from services.chassis.setting_groups import CacheSettings

COMMAND_SECONDS = 0.1
# The breaker: after this many failures in a row the cluster is left alone for a while. What was
# under way at a failure tells nothing new: a process that was late itself loses all of it at once.
FAILURES_TO_OPEN = 3
OPEN_SECONDS = 1.0
# Longer than any read that could still bring a value from before the invalidation.
TOMBSTONE_SECONDS = 30
JITTER = 0.2
_HEAD = struct.Struct(">qB")
_VALUE, _TOMBSTONE = 1, 0

# KEYS[1]; ARGV: position (8 bytes, big-endian, never negative, so bytes compare as numbers do),
# whole value, milliseconds. Keeps what is newer; at the same position a tombstone wins.
STORE_LUA = """
local there = redis.call('GETRANGE', KEYS[1], 0, 8)
if #there == 9 then
  local position = string.sub(there, 1, 8)
  if position > ARGV[1] then return 0 end
  if position == ARGV[1] and string.byte(there, 9) == 0 then return 0 end
end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1
"""

log = structlog.get_logger(__name__)
Result = TypeVar("Result")
Load = Callable[[], Awaitable[tuple[Position, bytes]]]
# Who asks for the same key at the same position shares one answer.
Flight = tuple[str, Position]


class CacheDown(Exception):
    """The cluster did not answer in time, or the breaker is open."""


class Breaker:
    """Counts failures in a row; open, it saves everybody the wait. Times are seconds of a clock
    that never goes back."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures = 0
        self._failed_at = -math.inf
        self._open_until = -math.inf

    def begin(self) -> float:
        """When a command begins; to be handed to `failed`."""
        return self._clock()

    def is_open(self) -> bool:
        """True while the cluster is to be left alone."""
        return self._clock() < self._open_until

    def succeeded(self) -> None:
        """The cluster answered."""
        self._failures = 0

    def failed(self, began: float) -> None:
        """The cluster did not; enough of that opens the breaker."""
        if began < self._failed_at:
            return
        self._failures, self._failed_at = self._failures + 1, self._clock()
        if self._failures >= FAILURES_TO_OPEN:
            self._open_until = self._failed_at + OPEN_SECONDS


class Cache:
    """One service's part of the cluster."""

    def __init__(self, commands: RedisCluster, service: str) -> None:
        self.commands = commands
        self._service = service
        self._breaker = Breaker()
        self._flights: dict[Flight, asyncio.Task[bytes]] = {}

    @classmethod
    @asynccontextmanager
    async def open(cls, settings: CacheSettings, service: str) -> AsyncIterator[Self]:
        """A client of the cluster; it connects when first used and finds nodes that come back."""
        commands = _cluster(seeds(settings.redis_url.get_secret_value()))
        try:
            yield cls(commands, service)
        finally:
            await commands.aclose()

    def key(self, thing: str, version: int, identity: object) -> str:
        """`users:user:v1:{7}`: service, thing, shape version, id in a hash tag."""
        return f"{self._service}:{thing}:v{version}:{{{identity}}}"

    async def run(self, command: Awaitable[Result]) -> Result:
        """One command under the time-out and the breaker. Raises CacheDown for any failure."""
        if self._breaker.is_open():
            _close(command)
            raise CacheDown("the breaker is open")
        began = self._breaker.begin()
        try:
            with CACHE_CONNECTIONS.labels(self._service).track_inprogress():
                async with asyncio.timeout(COMMAND_SECONDS):
                    result = await command
        except Exception as error:
            # Whatever the client raises (it has raised TypeErrors during a failover), it is down.
            self._breaker.failed(began)
            raise CacheDown(f"{type(error).__name__}: {error}") from error
        self._breaker.succeeded()
        return result

    async def is_up(self) -> bool:
        """Whether the cluster answers."""
        try:
            await self.run(self.commands.exists("fotbot:probe"))
        except CacheDown:
            return False
        return True

    async def fetch(self, key: str, load: Load, ttl: float = 30.0) -> bytes:
        """The cached value, or what `load` brings, kept for about `ttl` seconds.

        `load` answers the position it read at and the value; it runs once for all who ask at the
        same time.
        """
        flight = (key, consistency.asked())
        task = self._flights.get(flight)
        if task is None:
            task = asyncio.ensure_future(self._get_or_load(key, load, ttl))
            self._flights[flight] = task
            task.add_done_callback(lambda done: self._land(flight, done))
        return await asyncio.shield(task)

    async def invalidate(self, keys: Iterable[str], position: Position) -> None:
        """Make values read before `position` misses. Call it after the commit, never before."""
        for key in keys:
            await self._store(key, position, _TOMBSTONE, b"", TOMBSTONE_SECONDS)

    async def _get(self, key: str) -> bytes | None:
        try:
            stored = await self.run(self.commands.get(key))
        except CacheDown:
            CACHE_REQUESTS.labels(self._service, "down").inc()
            return None
        fresh = _unpacked(stored, consistency.asked())
        CACHE_REQUESTS.labels(self._service, "miss" if fresh is None else "hit").inc()
        return fresh

    async def _get_or_load(self, key: str, load: Load, ttl: float) -> bytes:
        cached = await self._get(key)
        if cached is not None:
            return cached
        position, value = await load()
        seconds = ttl * random.uniform(1 - JITTER, 1 + JITTER)
        await self._store(key, position, _VALUE, value, seconds)
        return value

    def _land(self, flight: Flight, done: "asyncio.Task[bytes]") -> None:
        del self._flights[flight]
        if not done.cancelled():
            done.exception()  # seen, also when every caller has left meanwhile

    async def _store(
        self, key: str, position: Position, sort: int, value: bytes, seconds: float
    ) -> None:
        head = _HEAD.pack(position, sort)
        command: Any = self.commands.eval(
            STORE_LUA, 1, key, head[:8], head + value, max(1, int(seconds * 1000))
        )
        try:
            await self.run(command)
        except CacheDown:
            log.warning("a value was not cached", key=key)


def _unpacked(stored: bytes | str | None, asked: Position) -> bytes | None:
    """The value if it is one, whole and new enough."""
    if not isinstance(stored, bytes) or len(stored) < _HEAD.size:
        return None
    position, sort = _HEAD.unpack_from(stored)
    return stored[_HEAD.size :] if sort == _VALUE and position >= asked else None


def _close(command: Awaitable[object]) -> None:
    close = getattr(command, "close", None)
    if close:
        close()


def _cluster(nodes: list[Seed]) -> RedisCluster:
    first = nodes[0]
    return RedisCluster(
        startup_nodes=[ClusterNode(seed.host, seed.port) for seed in nodes],
        username=first.username,
        password=first.password,
        ssl=first.tls,
        require_full_coverage=False,
        socket_timeout=COMMAND_SECONDS,
        socket_connect_timeout=COMMAND_SECONDS,
        retry=Retry(NoBackoff(), 1),
        max_connections=64,
        decode_responses=False,
    )
