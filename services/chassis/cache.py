"""Cache-aside in the cluster; a failure of the cluster is a miss, never an error.

A value carries the WAL position it was read at. A stale fill never overwrites a newer one, an
invalidation leaves a tombstone with the commit's position, and a value older than what the caller
has written is a miss (`consistency`). Keys are built here only. Every command has a time-out of
100 ms and stands behind a breaker (`cache_commands`).
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar, cast

import structlog
from opentelemetry.trace import SpanKind
from redis.asyncio.cluster import RedisCluster

from services.chassis import cache_values, consistency, telemetry
from services.chassis.cache_cluster import COMMAND_SECONDS
from services.chassis.cache_commands import REDIS, CacheDown, Commands
from services.chassis.cache_values import MISSING, STORE_LUA, Found
from services.chassis.cache_wire import digest
from services.chassis.consistency import Position
from services.chassis.metrics import CACHE_AGE_SECONDS, CACHE_REQUESTS

__all__ = ["Cache", "CacheDown"]

# Longer than any read that could still bring a value from before the invalidation.
TOMBSTONE_SECONDS = 30
# How long it is believed that there is no such thing.
NOTHING_SECONDS = 5.0
JITTER = 0.2
# The age of every so-manieth value served is observed: a sample tells as much.
AGES_APART = 16

log = structlog.get_logger(__name__)
Value = TypeVar("Value", bound=bytes | None)
Load = Callable[[], Awaitable[tuple[Position, Value]]]
LoadMany = Callable[[Sequence[str]], Awaitable[tuple[Position, Sequence[Value]]]]
# Who asks for the same key at the same position shares one answer.
Flight = tuple[str, Position]


class Cache(Commands):
    """One service's part of the cluster. A command has at most `seconds`."""

    def __init__(
        self, commands: RedisCluster, service: str, *, seconds: float = COMMAND_SECONDS
    ) -> None:
        super().__init__(commands, service, seconds=seconds)
        self._flights: dict[Flight, asyncio.Future[bytes | None]] = {}
        self._loads: set[asyncio.Task[Any]] = set()
        self._hits = CACHE_REQUESTS.labels(service, "hit")
        self._misses = CACHE_REQUESTS.labels(service, "miss")
        self._down = CACHE_REQUESTS.labels(service, "down")
        self._age = CACHE_AGE_SECONDS.labels(service)
        self._since_age = 0

    async def fetch(self, key: str, load: Load[Value], ttl: float = 30.0) -> Value:
        """The cached value, or what `load` brings, kept for about `ttl` seconds; None, for what
        does not exist, only for a few.

        `load` answers the position it read at and the value; it runs once for all who ask at the
        same time.
        """

        value = await self._got(key)
        if value is MISSING:

            async def load_one(_: Sequence[str]) -> tuple[Position, Sequence[Value]]:
                position, value = await load()
                return position, [value]

            value = (await self._loaded({key: consistency.asked()}, load_one, ttl))[key]
        return cast(Value, value)

    async def fetch_many(
        self,
        keys: Sequence[str],
        load_many: LoadMany[Value],
        ttl: float = 30.0,
        *,
        since: Sequence[Position] | None = None,
    ) -> list[Value]:
        """The value of each key, as `fetch` would; `load_many` is asked for those that are
        missing, and answers their values in this order. `since` has a position for each key, where
        whoever asks for it has written more than the call as a whole asks to see."""
        asked = consistency.asked()
        floors = [asked] * len(keys) if since is None else [max(asked, one) for one in since]
        found = await self._got_all(keys, floors)
        missing = {
            key: floor
            for key, value, floor in zip(keys, found, floors, strict=True)
            if value is MISSING
        }
        if missing:
            with consistency.asking(max(missing.values())):
                loaded = await self._loaded(missing, load_many, ttl)
            found = [
                loaded[key] if value is MISSING else value
                for key, value in zip(keys, found, strict=True)
            ]
        return cast(list[Value], found)

    async def invalidate(self, keys: Iterable[str], position: Position) -> None:
        """Make values read before `position` misses. Call it after the commit, never before."""
        grave = cache_values.tombstone(position)
        await self._store_all([(key, grave, TOMBSTONE_SECONDS) for key in keys])

    async def _got(self, key: str) -> Found:
        asked, began = consistency.asked(), self._breaker.begin()
        ask = self._ask(key, ("GET", key))
        with telemetry.span_if_kept("GET", kind=SpanKind.CLIENT, attributes=REDIS):
            reply = await ask
        value = cache_values.unpacked(reply, asked)
        self._count([reply], [value], began)
        return value

    async def _got_all(self, keys: Sequence[str], floors: Sequence[Position]) -> list[Found]:
        began = self._breaker.begin()
        asks = [self._ask(key, ("GET", key)) for key in keys]
        with telemetry.span_if_kept("GET", kind=SpanKind.CLIENT, attributes=REDIS):
            # Mostly they come all at once, after the first.
            replies = [ask.result() if ask.done() else await ask for ask in asks]
        found = list(map(cache_values.unpacked, replies, floors))
        self._count(replies, found, began)
        return found

    def _count(self, replies: list[Any], found: list[Found], began: float) -> None:
        misses, failed = found.count(MISSING), 0
        if misses:
            failures = [reply for reply in replies if isinstance(reply, Exception)]
            for failure in failures:
                self._note(failure, began)
            failed = len(failures)
            self._down.inc(failed)
            self._misses.inc(misses - failed)
        if failed < len(found):
            self._breaker.succeeded()
        if hits := len(found) - misses:
            self._hits.inc(hits)
            self._since_age += hits
            if self._since_age >= AGES_APART:
                self._since_age = 0
                served = next(n for n, value in enumerate(found) if value is not MISSING)
                self._age.observe(cache_values.age(replies[served]))

    async def _loaded(
        self, wanted: Mapping[str, Position], load_many: LoadMany[Value], ttl: float
    ) -> dict[str, bytes | None]:
        """Each key's value, from whoever is loading it already, or from `load_many`."""
        mine = [flight for flight in wanted.items() if flight not in self._flights]
        if mine:
            loop = asyncio.get_running_loop()
            landing = {one: loop.create_future() for one in mine}
            self._flights.update(landing)
            loading = self._load([key for key, _ in mine], load_many, ttl)
            self._loads.add(task := loop.create_task(loading))
            task.add_done_callback(partial(self._land, landing))
        flights = [self._flights[flight] for flight in wanted.items()]
        await asyncio.wait(flights)
        return {key: flight.result() for key, flight in zip(wanted, flights, strict=True)}

    async def _load(
        self, keys: Sequence[str], load_many: LoadMany[Value], ttl: float
    ) -> Sequence[Value]:
        position, values = await load_many(keys)
        spread = random.uniform(1 - JITTER, 1 + JITTER)
        await self._store_all(
            [
                (key, cache_values.packed(position, value), spread * _kept_for(value, ttl))
                for key, value in zip(keys, values, strict=True)
            ]
        )
        return values

    def _land(
        self,
        landing: "dict[Flight, asyncio.Future[bytes | None]]",
        done: "asyncio.Task[Sequence[Value]]",
    ) -> None:
        self._loads.discard(done)
        for number, (flight, future) in enumerate(landing.items()):
            del self._flights[flight]
            if done.cancelled():
                future.cancel()
            elif error := done.exception():
                future.set_exception(error)
                future.exception()  # seen, also when every caller has left meanwhile
            else:
                future.set_result(done.result()[number])

    async def _store_all(self, values: Sequence[tuple[str, bytes, float]]) -> None:
        began = self._breaker.begin()
        asks = [self._store(key, whole, seconds) for key, whole, seconds in values]
        with telemetry.span_if_kept("EVALSHA", kind=SpanKind.CLIENT, attributes=REDIS):
            # Mostly they come all at once, after the first.
            replies = [ask.result() if ask.done() else await ask for ask in asks]
        failures = [reply for reply in replies if isinstance(reply, Exception)]
        for failure in failures:
            self._note(failure, began)
        if len(failures) < len(replies):
            self._breaker.succeeded()
        if failures:
            log.warning("values were not cached", of=values[0][0], values=len(failures))

    def _store(self, key: str, whole: bytes, seconds: float) -> "asyncio.Future[Any]":
        milliseconds = max(1, int(seconds * 1000))
        words = ("EVALSHA", digest(STORE_LUA), 1, key, whole[:8], whole, milliseconds)
        return self._ask(key, words, STORE_LUA)


def _kept_for(value: bytes | None, ttl: float) -> float:
    return min(ttl, NOTHING_SECONDS) if value is None else ttl
