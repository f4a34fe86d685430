"""Cache-aside in the cluster; a failure of the cluster is a miss, never an error.

A value carries the WAL position it was read at. A stale fill never overwrites a newer one, an
invalidation leaves a tombstone with the commit's position, and a value older than what the caller
has written is a miss (`consistency`). Keys are built here only. Every command has a time-out of
100 ms and stands behind a breaker; how commands travel is decided in `cache_pipeline`.
"""

import asyncio
import itertools
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Any, Self, TypeVar, cast

import structlog
from hiredis import ReplyError
from opentelemetry.trace import SpanKind
from redis.asyncio.cluster import RedisCluster
from redis.exceptions import ResponseError

from services.chassis import cache_values, consistency, telemetry
from services.chassis.cache_breaker import Breaker
from services.chassis.cache_cluster import COMMAND_SECONDS, close, cluster
from services.chassis.cache_pipeline import Pipeline
from services.chassis.cache_values import MISSING, STORE_LUA, Found
from services.chassis.cache_wire import Word, digest
from services.chassis.consistency import Position
from services.chassis.metrics import (
    CACHE_AGE_SECONDS,
    CACHE_COMMANDS,
    CACHE_CONNECTIONS,
    CACHE_REQUESTS,
)
from services.chassis.seeds import seeds
from services.chassis.setting_groups import CacheSettings

# Longer than any read that could still bring a value from before the invalidation.
TOMBSTONE_SECONDS = 30
# How long it is believed that there is no such thing.
NOTHING_SECONDS = 5.0
JITTER = 0.2
# The age of every so-manieth value served is observed: a sample tells as much.
AGES_APART = 16
# Of a span.
REDIS = {"db.system.name": "redis"}

log = structlog.get_logger(__name__)
Result = TypeVar("Result")
Value = TypeVar("Value", bound=bytes | None)
Load = Callable[[], Awaitable[tuple[Position, Value]]]
LoadMany = Callable[[Sequence[str]], Awaitable[tuple[Position, Sequence[Value]]]]
# Who asks for the same key at the same position shares one answer.
Flight = tuple[str, Position]


class CacheDown(Exception):
    """The cluster did not answer in time, or refused, or the breaker is open."""


class Cache:
    """One service's part of the cluster. A command has at most `seconds`."""

    def __init__(
        self, commands: RedisCluster, service: str, *, seconds: float = COMMAND_SECONDS
    ) -> None:
        self.commands = commands
        self._service = service
        self._breaker = Breaker()
        self._flights: dict[Flight, asyncio.Future[bytes | None]] = {}
        self._pipeline = Pipeline(commands, seconds, CACHE_COMMANDS.labels(service))
        self._hits = CACHE_REQUESTS.labels(service, "hit")
        self._misses = CACHE_REQUESTS.labels(service, "miss")
        self._down = CACHE_REQUESTS.labels(service, "down")
        self._age = CACHE_AGE_SECONDS.labels(service)
        self._turn = itertools.count()
        CACHE_CONNECTIONS.labels(service).set_function(lambda: self._pipeline.under_way)

    @classmethod
    @asynccontextmanager
    async def open(cls, settings: CacheSettings, service: str) -> AsyncIterator[Self]:
        """A client of the cluster; without one it opens too, and finds nodes that come back."""
        async with cls.over(
            cluster(seeds(settings.redis_url.get_secret_value())), service
        ) as cache:
            yield cache

    @classmethod
    @asynccontextmanager
    async def over(
        cls, commands: RedisCluster, service: str, *, seconds: float = COMMAND_SECONDS
    ) -> AsyncIterator[Self]:
        """Over a client that ends with it."""
        opened = cls(commands, service, seconds=seconds)
        try:
            await opened._pipeline.look_around()
            yield opened
        finally:
            await opened._pipeline.aclose()
            await close(commands)

    def key(self, thing: str, version: int, identity: object) -> str:
        """`users:user:v1:{7}`: service, thing, shape version, id in a hash tag."""
        return f"{self._service}:{thing}:v{version}:{{{identity}}}"

    async def evaluate(self, script: str, keys: Sequence[str], *arguments: Word) -> Any:
        """The script's answer; all keys share a slot. Raises CacheDown for any failure."""
        words = ("EVALSHA", digest(script), len(keys), *keys, *arguments)
        return await self._travelled(self._ask(keys[0], words, script), "EVALSHA")

    async def send(self, *words: Word) -> Any:
        """One command, its key the second word. Raises CacheDown for any failure."""
        return await self._travelled(self._ask(str(words[1]), words), str(words[0]))

    async def run(self, command: Awaitable[Result]) -> Result:
        """One of redis-py's own commands, on a connection to itself, for what is rare. Raises
        CacheDown for any failure."""
        if self._breaker.is_open():
            _drop(command)
            raise CacheDown("the breaker is open")
        began = self._breaker.begin()
        try:
            with telemetry.span_if_kept("redis", kind=SpanKind.CLIENT, attributes=REDIS):
                async with asyncio.timeout(self._pipeline.seconds):
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
            await self.send("EXISTS", "fotbot:probe")
        except CacheDown:
            return False
        return True

    async def fetch(self, key: str, load: Load[Value], ttl: float = 30.0) -> Value:
        """The cached value, or what `load` brings, kept for about `ttl` seconds; None, for what
        does not exist, only for a few.

        `load` answers the position it read at and the value; it runs once for all who ask at the
        same time.
        """

        (value,) = await self._got_all([key])
        if value is MISSING:

            async def load_one(_: Sequence[str]) -> tuple[Position, Sequence[Value]]:
                position, value = await load()
                return position, [value]

            value = (await self._loaded([key], load_one, ttl))[key]
        return cast(Value, value)

    async def fetch_many(
        self, keys: Sequence[str], load_many: LoadMany[Value], ttl: float = 30.0
    ) -> list[Value]:
        """The value of each key, as `fetch` would; `load_many` is asked for those that are
        missing, and answers their values in this order."""
        found = await self._got_all(keys)
        missing = [key for key, value in zip(keys, found, strict=True) if value is MISSING]
        if missing:
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

    async def _got_all(self, keys: Sequence[str]) -> list[Found]:
        asked, began = consistency.asked(), self._breaker.begin()
        asks = [self._ask(key, ("GET", key)) for key in keys]
        with telemetry.span_if_kept("GET", kind=SpanKind.CLIENT, attributes=REDIS):
            # Mostly they come all at once, after the first.
            replies = [ask.result() if ask.done() else await ask for ask in asks]
        return [self._found(reply, began, asked) for reply in replies]

    def _found(self, reply: Any, began: float, asked: Position) -> Found:
        try:
            stored = self._checked(reply, began)
        except CacheDown:
            self._down.inc()
            return MISSING
        value = cache_values.unpacked(stored, asked)
        if value is MISSING:
            self._misses.inc()
            return MISSING
        self._hits.inc()
        if next(self._turn) % AGES_APART == 0:
            self._age.observe(cache_values.age(stored))
        return value

    async def _loaded(
        self, keys: Sequence[str], load_many: LoadMany[Value], ttl: float
    ) -> dict[str, bytes | None]:
        """Each key's value, from whoever is loading it already, or from `load_many`."""
        asked = consistency.asked()
        wanted = dict.fromkeys(keys)
        mine = [key for key in wanted if (key, asked) not in self._flights]
        if mine:
            loop = asyncio.get_running_loop()
            landing = {key: loop.create_future() for key in mine}
            self._flights.update({(key, asked): landing[key] for key in mine})
            task = loop.create_task(self._load(mine, load_many, ttl))
            task.add_done_callback(lambda done: self._land(landing, asked, done))
        flights = [self._flights[key, asked] for key in wanted]
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
        landing: "dict[str, asyncio.Future[bytes | None]]",
        asked: Position,
        done: "asyncio.Task[Sequence[Value]]",
    ) -> None:
        for number, (key, future) in enumerate(landing.items()):
            del self._flights[key, asked]
            if done.cancelled():
                future.cancel()
            elif error := done.exception():
                future.set_exception(error)
                future.exception()  # seen, also when every caller has left meanwhile
            else:
                future.set_result(done.result()[number])

    async def _store_all(self, values: Sequence[tuple[str, bytes, float]]) -> None:
        asks = [self._store(key, whole, seconds) for key, whole, seconds in values]
        for (key, _, _), ask in zip(values, asks, strict=True):
            try:
                await self._travelled(ask, "EVALSHA")
            except CacheDown:
                log.warning("a value was not cached", key=key)

    def _store(self, key: str, whole: bytes, seconds: float) -> "asyncio.Future[Any]":
        milliseconds = max(1, int(seconds * 1000))
        words = ("EVALSHA", digest(STORE_LUA), 1, key, whole[:8], whole, milliseconds)
        return self._ask(key, words, STORE_LUA)

    def _ask(
        self, key: str, words: tuple[Word, ...], script: str | None = None
    ) -> "asyncio.Future[Any]":
        """The reply; a failure is an exception as its result."""
        if self._breaker.is_open():
            refused = asyncio.get_running_loop().create_future()
            refused.set_result(CacheDown("the breaker is open"))
            return refused
        return self._pipeline.ask(key, words, script)

    async def _travelled(self, ask: "asyncio.Future[Any]", command: str) -> Any:
        """The reply of a command that is under way; with a span, if the trace is kept."""
        began = self._breaker.begin()
        with telemetry.span_if_kept(command, kind=SpanKind.CLIENT, attributes=REDIS):
            reply = await ask
        return self._checked(reply, began)

    def _checked(self, reply: Any, began: float) -> Any:
        """The reply, unless it is a failure. Raises CacheDown."""
        if not isinstance(reply, Exception):
            self._breaker.succeeded()
            return reply
        if not isinstance(reply, CacheDown | ReplyError | ResponseError):
            self._breaker.failed(began)
        raise CacheDown(f"{type(reply).__name__}: {reply}") from reply


def _kept_for(value: bytes | None, ttl: float) -> float:
    return min(ttl, NOTHING_SECONDS) if value is None else ttl


def _drop(command: Awaitable[object]) -> None:
    close = getattr(command, "close", None)
    if close:
        close()
