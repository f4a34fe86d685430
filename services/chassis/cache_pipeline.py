"""Commands of a crowd to the cluster: one connection per node, shared by all callers.

Which node has which slot is redis-py's knowledge. What a connection of ours cannot settle (a slot
that has moved, a node that is gone) goes through the ordinary client, one command at a time, and
that brings its knowledge up to date.
"""

import asyncio
import ssl
from collections.abc import Coroutine
from contextvars import Context
from typing import Any

import structlog
from hiredis import ReplyError
from prometheus_client import Histogram
from redis.asyncio.cluster import ClusterNode, RedisCluster
from redis.crc import key_slot

from services.chassis.cache_cluster import context_for
from services.chassis.cache_wire import Ask, Wire, Word

# The first word of a reply that says: not here, or not now.
ELSEWHERE = frozenset(
    {"MOVED", "ASK", "TRYAGAIN", "CLUSTERDOWN", "LOADING", "MASTERDOWN", "READONLY"}
)
REFRESH_SECONDS = 2.0
# Of a busy machine's time a TLS handshake takes more than a command may; who waits for it is told
# in his own time.
SECRET_DIAL_SECONDS = 2.0
# The ordinary client refuses at once when its connections are used up.
ROUND_AT_ONCE = 32
CLOSED = "the cache is closed"

log = structlog.get_logger(__name__)


class Pipeline:
    """A command has at most `seconds`; `sizes` observes how many left together."""

    def __init__(self, cluster: RedisCluster, seconds: float, sizes: Histogram) -> None:
        self._cluster = cluster
        self._topology = cluster.nodes_manager
        self.seconds = seconds
        self._sizes = sizes
        self._lines: dict[str, Line] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._refreshing: asyncio.Task[None] | None = None
        self._is_closed = False
        self._going_round = asyncio.Semaphore(ROUND_AT_ONCE)

    def ask(
        self, key: str, words: tuple[Word, ...], script: str | None = None
    ) -> "asyncio.Future[Any]":
        """The reply; a failure is an exception as its result. Raises HiredisError for what is no
        command."""
        loop = asyncio.get_running_loop()
        ask = Ask(words, script, loop.create_future(), loop.time())
        nodes = self._topology.slots_cache.get(key_slot(key.encode()))
        if nodes and not self._is_closed:
            self._line(nodes[0]).ask(ask)
        else:
            # A command's own time may be too short to find out who is there.
            self.refresh()
            self.go_round(ask)
        return ask.answer

    @property
    def under_way(self) -> int:
        """Commands without an answer yet."""
        return len(self._tasks) + sum(line.under_way for line in self._lines.values())

    def go_round(self, ask: Ask) -> None:
        """By the ordinary client, in what is left of the command's time."""
        if self._is_closed:
            ask.settle(ConnectionError(CLOSED))
        else:
            self.begin(self._by_client(ask))

    def failed(self, line: "Line") -> None:
        """A node is not what it was."""
        if self._lines.get(line.name) is line:
            del self._lines[line.name]
        self.refresh()

    def refresh(self) -> None:
        """Ask who has which slot now, beside everything else."""
        if not self._is_closed and (self._refreshing is None or self._refreshing.done()):
            self._refreshing = self.begin(self._refresh())

    def sent(self, size: int) -> None:
        """So many commands have left together."""
        self._sizes.observe(size)

    def begin(self, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        """Beside everything else, in nobody's context, until the end or `aclose`."""
        task = asyncio.get_running_loop().create_task(work, context=Context())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def look_around(self) -> None:
        """Learn who is in the cluster before the first crowd asks; it may be away for now."""
        try:
            async with asyncio.timeout(REFRESH_SECONDS):
                await self._cluster.initialize()
        except Exception as error:  # whatever the client raises
            log.warning("the cluster is away", error=str(error))

    async def aclose(self) -> None:
        """Close what is open; whoever waits is told."""
        self._is_closed = True
        for line in list(self._lines.values()):
            line.close(ConnectionError(CLOSED))
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        # The sockets are closed in the loop's next turn.
        await asyncio.sleep(0)

    def _line(self, node: ClusterNode) -> "Line":
        line = self._lines.get(node.name)
        if line is None:
            line = self._lines[node.name] = Line(self, node)
        return line

    async def _by_client(self, ask: Ask) -> None:
        reply: Any = ConnectionError(CLOSED)
        try:
            ask.spell_out()
            async with asyncio.timeout_at(ask.began + self.seconds), self._going_round:
                reply = await self._cluster.execute_command(*ask.words)
        except Exception as error:
            reply = error
        finally:
            ask.settle(reply)

    async def _refresh(self) -> None:
        try:
            async with asyncio.timeout(REFRESH_SECONDS):
                await self._topology.initialize()
        except Exception as error:
            log.warning("the cluster does not say who is in it", error=str(error))
            return
        for name in self._lines.keys() - self._topology.nodes_cache.keys():
            self._lines.pop(name).close(ConnectionError("the node left the cluster"))


class Line:
    """The way to one node: what waits for the connection, and the connection."""

    def __init__(self, pipeline: Pipeline, node: ClusterNode) -> None:
        self.name = node.name
        self._pipeline = pipeline
        self._node = node
        self._waiting: list[Ask] = []
        self._wire: Wire | None = None
        self._connecting: asyncio.Task[None] | None = None
        self._is_called = False

    @property
    def under_way(self) -> int:
        """Commands without an answer yet."""
        return len(self._waiting) + (self._wire.under_way if self._wire else 0)

    def ask(self, ask: Ask) -> None:
        """Let it leave at the end of this turn of the loop."""
        self._waiting.append(ask)
        if not self._is_called:
            self._is_called = True
            asyncio.get_running_loop().call_soon(self._leave)

    def close(self, reason: Exception) -> None:
        """At once."""
        if self._connecting:
            self._connecting.cancel()
        if self._wire:
            self._wire.close(reason)
        waiting, self._waiting = self._waiting, []
        for ask in waiting:
            ask.settle(reason)

    def _leave(self) -> None:
        self._is_called = False
        if not self._waiting:
            return
        if self._wire is None:
            if self._connecting is None:
                self._connecting = self._pipeline.begin(self._connect())
        elif self._wire.is_free:
            leaving, self._waiting = self._waiting, []
            self._wire.send(leaving)
            self._pipeline.sent(len(leaving))

    async def _connect(self) -> None:
        secret = context_for(self._node)
        seconds = SECRET_DIAL_SECONDS if secret else self._pipeline.seconds
        telling = self._pipeline.begin(self._tell_the_late())
        try:
            async with asyncio.timeout(seconds):
                self._wire = await self._dialled(secret)
        except Exception as error:
            self._lost([], error)
        else:
            self._leave()
        finally:
            telling.cancel()
            self._connecting = None

    async def _tell_the_late(self) -> None:
        """While the connection takes longer than a command may."""
        while True:
            await asyncio.sleep(self._pipeline.seconds)
            latest = asyncio.get_running_loop().time() - self._pipeline.seconds
            for ask in self._waiting:
                if ask.began <= latest:
                    ask.settle(TimeoutError("the node did not answer in time"))
            self._waiting = [ask for ask in self._waiting if ask.began > latest]

    async def _dialled(self, secret: ssl.SSLContext | None) -> Wire:
        presented = self._node.connection_kwargs.get("credential_provider")
        wire = Wire(self._pipeline.seconds, self._refused, self._leave, self._lost)
        await asyncio.get_running_loop().create_connection(
            lambda: wire,
            self._node.host,
            int(self._node.port),
            ssl=secret,
        )
        if presented:
            await _introduced(wire, presented.get_credentials())
        return wire

    def _refused(self, ask: Ask, reply: ReplyError) -> None:
        reason = str(reply).split(" ", 1)[0]
        if reason == "NOSCRIPT" and ask.script:
            ask.spell_out()
            self.ask(ask)
        elif reason in ELSEWHERE:
            self._pipeline.refresh()
            self._pipeline.go_round(ask)
        else:
            ask.settle(reply)

    def _lost(self, lost: list[Ask], reason: Exception) -> None:
        """Who was late stays late; the others have time left to go round."""
        was_connected, self._wire = self._wire is not None, None
        if not was_connected:
            for greeting in lost:
                greeting.settle(reason)
            lost = []
        waiting, self._waiting = [*lost, *self._waiting], []
        for ask in waiting:
            if isinstance(reason, TimeoutError):
                ask.settle(reason)
            else:
                self._pipeline.go_round(ask)
        self._pipeline.failed(self)


async def _introduced(wire: Wire, as_whom: tuple[str, ...]) -> None:
    """Raises what the node has against us."""
    words = ("AUTH", *as_whom)
    loop = asyncio.get_running_loop()
    greeting = Ask(words, None, loop.create_future(), loop.time())
    try:
        wire.send([greeting])
        if isinstance(refusal := await greeting.answer, Exception):
            raise refusal
    except BaseException:
        wire.close(ConnectionError("not let in"))
        raise
