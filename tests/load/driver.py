"""A crowd at a webhook: N keep-alive connections that bring updates as Telegram does, again when
they are held back or cut off.

Closed loop: each connection sends its next update when one is answered. Open loop: updates come at
a rate, and an answer's time counts from when its update was to be sent, however late it left.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import time
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import httptools

from tests.load.histogram import Histogram
from tests.load.updates import Act

METHODS = (b"answerCallbackQuery", b"sendMessage", b"editMessageText")
TICK_SECONDS = 0.001
PATIENCE_SECONDS = 30.0
"""How long after the last update was due an answer is waited for."""

AGAIN_SECONDS = 0.2
"""Before an update is brought again, where nothing else was asked for."""

REFUSED = range(400, 500)
"""Answers that repeating does not change (429 apart)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """A webhook's address."""

    host: str
    port: int
    secret: str
    path: str = "/telegram/webhook"
    tls: bool = False

    def head(self) -> bytes:
        """What all its requests begin with."""
        return (
            f"POST {self.path} HTTP/1.1\r\nHost: {self.host}:{self.port}\r\n"
            f"Content-Type: application/json\r\nX-Telegram-Bot-Api-Secret-Token: {self.secret}\r\n"
        ).encode()


@dataclass(slots=True)
class Record:
    """What came of it all."""

    sent: int = 0
    """Updates, each counted once."""
    done: int = 0
    """Answered with 200."""
    refused: int = 0
    again: int = 0
    """Times an update was brought again."""
    cut_off: int = 0
    """Connections that ended under an update."""
    seconds: float = 0.0
    """From the first update to the last answer."""
    latency: Histogram = field(default_factory=Histogram)
    statuses: Counter[int] = field(default_factory=Counter)
    methods: Counter[str] = field(default_factory=Counter)
    """Bot API methods in the answers' bodies."""
    unanswered: list[int] = field(default_factory=list)
    """Callback queries that their own answer did not carry."""
    taken: list[tuple[int, int]] = field(default_factory=list)
    """(person, session) of every tap answered with 200."""
    sample: bytes = b""
    """The last answer's body."""
    bodies: list[tuple[Act, bytes]] = field(default_factory=list)
    """Where they are to be kept."""

    @property
    def lost(self) -> int:
        """Updates without a final answer."""
        return self.sent - self.done - self.refused

    @property
    def rate(self) -> float:
        """Answers a second."""
        return self.done / self.seconds if self.seconds else 0.0


@dataclass(slots=True)
class _Sending:
    act: Act
    due: float


class Load:
    """One run of a crowd. `acts` gives the updates, one after the other."""

    def __init__(
        self, door: Door, acts: Callable[[], Act], *, connections: int = 64, keep: bool = False
    ) -> None:
        self.record = Record()
        self._door = door
        self._head = door.head()
        self._acts = acts
        self._connections = connections
        self._keep = keep
        self._waiting: deque[_Sending] = deque()
        self._idle: list[_Line] = []
        self._left = 0
        self._until = 0.0
        self._open = False
        self._settled = asyncio.Event()

    async def closed(self, *, seconds: float = 1e9, count: int = 10**12) -> Record:
        """As fast as it goes, for so long or so many; every connection has one in flight."""
        async with self._lines() as lines:
            began = time.perf_counter()
            self._left, self._until = count, began + seconds
            for line in lines:
                self._go_on(line)
            await self._end(seconds)
            self.record.seconds = time.perf_counter() - began
        return self.record

    async def at_rate(self, rate: float, *, seconds: float) -> Record:
        """`rate` updates a second for so long, whatever the answers do."""
        async with self._lines() as lines:
            self._idle, self._open = list(lines), True
            began = time.perf_counter()
            for number in range(int(rate * seconds)):
                due = began + number / rate
                if (early := due - time.perf_counter()) > 0:
                    await asyncio.sleep(max(TICK_SECONDS, early))
                self._bring(_Sending(self._next_act(), due))
            self._open = False
            await self._end(0)
            self.record.seconds = time.perf_counter() - began
        return self.record

    def answered(self, line: _Line, sending: _Sending, status: int, body: bytes) -> None:
        """A connection has the whole answer; it takes the next update."""
        self.record.statuses[status] += 1
        if status == 200:
            self._note(sending, body)
        elif status in REFUSED and status != 429:
            self.record.refused += 1
        else:
            self._later(sending, line.retry_after or AGAIN_SECONDS)
        self._go_on(line)

    def cut_off(self, line: _Line, sending: _Sending | None) -> None:
        """A connection is gone; what it carried is brought again, by another."""
        if line in self._idle:
            self._idle.remove(line)
        if sending is not None:
            self.record.cut_off += 1
            self._later(sending, AGAIN_SECONDS)
        if not self._settled.is_set():
            asyncio.get_running_loop().call_later(AGAIN_SECONDS, self._reconnect)

    def _note(self, sending: _Sending, body: bytes) -> None:
        record, act = self.record, sending.act
        record.done += 1
        record.sample = body
        record.latency.note(time.perf_counter() - sending.due)
        method = next((name for name in METHODS if name in body), b"nothing")
        record.methods[method.decode()] += 1
        if act.is_tap:
            record.taken.append((act.person, act.session))
            if method != METHODS[0]:
                record.unanswered.append(act.update_id)
        if self._keep:
            record.bodies.append((act, body))

    def _go_on(self, line: _Line) -> None:
        if self._waiting:
            line.send(self._waiting.popleft(), self._head)
        elif self._left > 0 and time.perf_counter() < self._until:
            self._left -= 1
            line.send(_Sending(self._next_act(), time.perf_counter()), self._head)
        else:
            self._left = 0
            self._idle.append(line)
            self._settle()

    def _next_act(self) -> Act:
        self.record.sent += 1
        return self._acts()

    def _bring(self, sending: _Sending) -> None:
        if self._idle:
            self._idle.pop().send(sending, self._head)
        else:
            self._waiting.append(sending)

    def _later(self, sending: _Sending, seconds: float) -> None:
        self.record.again += 1
        asyncio.get_running_loop().call_later(seconds, self._bring, sending)

    def _settle(self) -> None:
        if not self._open and self._left <= 0 and self.record.lost <= 0:
            self._settled.set()

    async def _end(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            limit = min(seconds, 1e6) + PATIENCE_SECONDS
            self._settle()
            await asyncio.wait_for(self._settled.wait(), limit)
        self._settled.set()

    @contextlib.asynccontextmanager
    async def _lines(self) -> AsyncIterator[list[_Line]]:
        lines = [await self._line() for _ in range(self._connections)]
        self._made = lines
        try:
            yield lines
        finally:
            self._settled.set()
            for line in self._made:
                line.close()

    async def _line(self) -> _Line:
        loop = asyncio.get_running_loop()
        door = self._door
        tls = ssl.create_default_context() if door.tls else None
        _, line = await loop.create_connection(lambda: _Line(self), door.host, door.port, ssl=tls)
        return line

    def _reconnect(self) -> None:
        if not self._settled.is_set():
            self._reconnecting = asyncio.ensure_future(self._line_again())

    async def _line_again(self) -> None:
        try:
            line = await self._line()
        except OSError:
            asyncio.get_running_loop().call_later(AGAIN_SECONDS, self._reconnect)
            return
        self._made.append(line)
        self._go_on(line)


class _Line(asyncio.Protocol):
    """One connection: an update under way, or none."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._sending: _Sending | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._body: list[bytes] = []
        self.retry_after = 0.0

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def send(self, sending: _Sending, head: bytes) -> None:
        """The update leaves."""
        self._sending = sending
        body = sending.act.body
        self._transport.write(b"%bContent-Length: %d\r\n\r\n%b" % (head, len(body), body))

    def close(self) -> None:
        """For good."""
        self._sending = None
        self._transport.close()

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def connection_lost(self, error: Exception | None) -> None:
        sending, self._sending = self._sending, None
        self._load.cut_off(self, sending)

    def on_message_begin(self) -> None:
        self._body.clear()
        self.retry_after = 0.0

    def on_header(self, name: bytes, value: bytes) -> None:
        if name.lower() == b"retry-after":
            self.retry_after = float(value)

    def on_body(self, body: bytes) -> None:
        self._body.append(body)

    def on_message_complete(self) -> None:
        sending, self._sending = self._sending, None
        if sending is not None:
            status = self._parser.get_status_code()
            self._load.answered(self, sending, status, b"".join(self._body))
