"""Commands to the cluster under one service's keys, each with a time-out of 100 ms and behind a
breaker. How they travel is decided in `cache_pipeline`; what is cached, in `cache`.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, Self, TypeVar

from hiredis import ReplyError
from opentelemetry.trace import SpanKind
from redis.asyncio.cluster import RedisCluster
from redis.exceptions import ResponseError

from services.chassis import telemetry
from services.chassis.cache_breaker import Breaker
from services.chassis.cache_cluster import COMMAND_SECONDS, close, cluster
from services.chassis.cache_pipeline import Pipeline
from services.chassis.cache_wire import Word, digest
from services.chassis.metrics import CACHE_BREAKER_OPEN, CACHE_COMMANDS, CACHE_CONNECTIONS
from services.chassis.seeds import seeds
from services.chassis.setting_groups import CacheSettings

# Of a span.
REDIS = {"db.system.name": "redis"}

Result = TypeVar("Result")


class CacheDown(Exception):
    """The cluster did not answer in time, or refused, or the breaker is open."""


class Commands:
    """One service's part of the cluster. A command has at most `seconds`."""

    def __init__(
        self, commands: RedisCluster, service: str, *, seconds: float = COMMAND_SECONDS
    ) -> None:
        self.commands = commands
        self._service = service
        self._breaker = Breaker()
        self._pipeline = Pipeline(commands, seconds, CACHE_COMMANDS.labels(service))
        CACHE_BREAKER_OPEN.labels(service).set_function(self._breaker.is_open)
        CACHE_CONNECTIONS.labels(service).set_function(lambda: self._pipeline.under_way)

    @classmethod
    @asynccontextmanager
    async def open(cls, settings: CacheSettings, service: str) -> AsyncIterator[Self]:
        """A client of the cluster; without one it opens too, and finds nodes that come back."""
        nodes = seeds(settings.redis_url.get_secret_value())
        async with cls.over(cluster(nodes, partial(settings.now, "redis_url")), service) as cache:
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
        return key_of(self._service, thing, version, identity)

    async def evaluate(self, script: str, keys: Sequence[str], *arguments: Word) -> Any:
        """The script's answer; all keys share a slot. Raises CacheDown for any failure."""
        words = ("EVALSHA", digest(script), len(keys), *keys, *arguments)
        began, ask = self._breaker.begin(), self._ask(keys[0], words, script)
        # A hot way: what would be `_travelled`, where there is no span to be made.
        reply = await (self._spanned(ask, "EVALSHA") if telemetry.is_kept() else ask)
        return self._checked(reply, began)

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
        return self._checked(await self._spanned(ask, command), began)

    async def _spanned(self, ask: "asyncio.Future[Any]", command: str) -> Any:
        with telemetry.span_if_kept(command, kind=SpanKind.CLIENT, attributes=REDIS):
            return await ask

    def _checked(self, reply: Any, began: float) -> Any:
        """The reply, unless it is a failure. Raises CacheDown."""
        if not isinstance(reply, Exception):
            self._breaker.succeeded()
            return reply
        self._note(reply, began)
        raise CacheDown(f"{type(reply).__name__}: {reply}") from reply

    def _note(self, failure: Exception, began: float) -> None:
        """A refused command says nothing about the others."""
        if not isinstance(failure, CacheDown | ReplyError | ResponseError):
            self._breaker.failed(began)


def key_of(service: str, thing: str, version: int, identity: object) -> str:
    """The key of a thing of any service."""
    return f"{service}:{thing}:v{version}:{{{identity}}}"


def _drop(command: Awaitable[object]) -> None:
    close = getattr(command, "close", None)
    if close:
        close()
