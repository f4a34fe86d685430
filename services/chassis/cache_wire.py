"""One connection to one node of the cluster: commands leave together, replies come in their order.

Nobody waits for company: what is asked in one turn of the loop leaves as one write; while two
writes have no answer yet, what comes meanwhile leaves together once one has. A connection whose
oldest command is overdue is given up with all that is on it.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from functools import cache
from hashlib import sha1
from typing import Any, TypeAlias, cast

import hiredis

Word: TypeAlias = str | bytes | int | float
# Writes without an answer, beyond which commands wait for each other.
SLOTS = 2
# A loop that was late itself reads what has arrived before it judges the node.
GRACE_SECONDS = 0.005
_MORE = object()
# The stub has it take one word.
_pack = cast(Callable[[tuple[Word, ...]], bytes], hiredis.pack_command)


class Ask:
    """One command on its way. What went wrong with it is an answer too, so that nothing is logged
    about callers who have left. `began` is in seconds of the loop's clock; `script` is what to
    send in full when a node forgot its digest."""

    __slots__ = ("answer", "began", "packed", "script", "words")

    def __init__(
        self,
        words: tuple[Word, ...],
        script: str | None,
        answer: "asyncio.Future[Any]",
        began: float,
    ) -> None:
        self.words = words
        self.packed = _pack(words)
        self.script = script
        self.answer = answer
        self.began = began

    def settle(self, reply: Any) -> None:
        """Give the caller his answer, if he still waits for one."""
        if not self.answer.done():
            self.answer.set_result(reply)

    def spell_out(self) -> None:
        """For a node that does not know the script."""
        if self.script is not None:
            self.words = ("EVAL", self.script, *self.words[2:])
            self.packed = _pack(self.words)
            self.script = None


class Wire(asyncio.Protocol):
    """`refused` takes an error reply; `freed` is told when another write may leave; `lost` takes
    the commands whose answers will not come, and why."""

    def __init__(
        self,
        seconds: float,
        refused: Callable[[Ask, hiredis.ReplyError], None],
        freed: Callable[[], None],
        lost: Callable[[list[Ask], Exception], None],
    ) -> None:
        self._seconds = seconds
        self._refused = refused
        self._freed = freed
        self._lost = lost
        self._loop = asyncio.get_running_loop()
        self._reader = hiredis.Reader(notEnoughData=_MORE)
        self._expected: deque[Ask] = deque()
        self._last_of_writes: deque[Ask] = deque()
        self._watch: asyncio.TimerHandle | None = None
        self._transport: asyncio.WriteTransport
        self._reason: Exception = ConnectionError("the node closed the connection")

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The transport is there."""
        self._transport = cast(asyncio.WriteTransport, transport)

    @property
    def is_free(self) -> bool:
        """Whether another write may leave now."""
        return len(self._last_of_writes) < SLOTS and not self._transport.is_closing()

    @property
    def under_way(self) -> int:
        """Commands without an answer yet."""
        return len(self._expected)

    def send(self, asks: list[Ask]) -> None:
        """All of them as one write."""
        self._expected.extend(asks)
        self._last_of_writes.append(asks[-1])
        self._transport.write(b"".join([ask.packed for ask in asks]))
        if self._watch is None:
            self._watch = self._loop.call_later(self._seconds, self._look)

    def data_received(self, data: bytes) -> None:
        """Replies, whole or in part."""
        is_freed = False
        try:
            self._reader.feed(data)
            while (reply := self._reader.gets()) is not _MORE:
                ask = self._expected.popleft()
                if isinstance(reply, hiredis.ReplyError):
                    self._refused(ask, reply)
                else:
                    ask.settle(reply)
                if ask is self._last_of_writes[0]:
                    self._last_of_writes.popleft()
                    is_freed = True
        except (hiredis.ProtocolError, IndexError) as error:
            self.close(error)
        if is_freed:
            self._freed()

    def connection_lost(self, error: Exception | None) -> None:
        """Whoever closed it."""
        if self._watch:
            self._watch.cancel()
        lost, self._expected = list(self._expected), deque()
        self._last_of_writes.clear()
        self._lost(lost, error or self._reason)

    def close(self, reason: Exception) -> None:
        """At once; what is under way is lost for this reason."""
        self._reason = reason
        self._transport.abort()

    def _look(self, suspect: Ask | None = None) -> None:
        self._watch = None
        if not self._expected:
            return
        oldest = self._expected[0]
        left = oldest.began + self._seconds - self._loop.time()
        if left > 0:
            self._watch = self._loop.call_later(left, self._look)
        elif oldest is suspect:
            self.close(TimeoutError("the node did not answer in time"))
        else:
            self._watch = self._loop.call_later(GRACE_SECONDS, self._look, oldest)


@cache
def digest(script: str) -> str:
    """By which a node knows the script once it has run it."""
    return sha1(script.encode(), usedforsecurity=False).hexdigest()
