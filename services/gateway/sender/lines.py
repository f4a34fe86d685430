"""Kept connections over which Telegram is called: HTTP/1.1, one request at a time on each.

As much of a client as these calls need, at a fifth of what a whole one costs: no redirects, no
proxies, no cookies, nothing sent twice. What is asked and what an answer means is in telegram.py.
"""

import asyncio
import ssl
from collections import deque
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from httptools import HttpParserError, HttpResponseParser

CONNECT_SECONDS = 3.0
IDLE_SECONDS = 30.0
LARGEST_ANSWER = 1024 * 1024


class Answer(NamedTuple):
    """What came back."""

    status: int
    body: bytes


class NoAnswer(Exception):
    """Nothing whole has come back; the request may have been heard all the same."""


class Line(asyncio.Protocol):
    """One connection."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._parser = HttpResponseParser(self)
        self._body: list[bytes] = []
        self._length = 0
        self._answer: asyncio.Future[Answer] | None = None
        self._transport: asyncio.Transport | None = None
        self.rests_since = 0.0
        """A moment of the loop's clock."""

    @property
    def is_open(self) -> bool:
        """Whether another request can be made on it."""
        return self._transport is not None and not self._transport.is_closing()

    async def ask(self, request: bytes, ends: float) -> Answer:
        """The answer to a whole request, by `ends` of the loop's clock. Raises NoAnswer; a line on
        which anything goes wrong is closed."""
        if self._transport is None:
            raise NoAnswer("the line is closed")
        answer: asyncio.Future[Answer] = self._loop.create_future()
        self._answer = answer
        watch = self._loop.call_at(ends, self._fail, "too late")
        self._transport.write(request)
        try:
            return await answer
        except asyncio.CancelledError:
            self.close()
            raise
        finally:
            watch.cancel()

    def close(self) -> None:
        """At once."""
        transport, self._transport = self._transport, None
        if transport is not None:
            transport.abort()

    def connection_made(self, transport: Any) -> None:
        """It may be used now."""
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        """By whichever side."""
        self._fail("the connection ended")

    def data_received(self, data: bytes) -> None:
        """A part of an answer; of none if nothing was asked."""
        if self._answer is None:
            self._fail("an answer to nothing")
            return
        try:
            self._parser.feed_data(data)
        except HttpParserError as error:
            self._fail(type(error).__name__)

    def on_body(self, body: bytes) -> None:
        """A part of it."""
        self._length += len(body)
        if self._length > LARGEST_ANSWER:
            self._fail("the answer has no end")
        else:
            self._body.append(body)

    def on_message_complete(self) -> None:
        """The answer is whole, unless it is one of those that come before the answer."""
        status = self._parser.get_status_code()
        body, self._body, self._length = b"".join(self._body), [], 0
        if status < 200:
            return
        if not self._parser.should_keep_alive():
            self.close()
        self.rests_since = self._loop.time()
        answer, self._answer = self._answer, None
        if answer is not None and not answer.done():
            answer.set_result(Answer(status, body))

    def _fail(self, reason: str) -> None:
        self.close()
        answer, self._answer = self._answer, None
        if answer is not None and not answer.done():
            answer.set_exception(NoAnswer(reason))


class Lines:
    """The connections to one address: as many as there are calls at once, the last used first."""

    def __init__(self, address: str, seconds: float) -> None:
        """`seconds` is what a call has, connecting included."""
        url = urlsplit(address)
        self._host = url.hostname or ""
        self._tls = ssl.create_default_context() if url.scheme == "https" else None
        self._port = url.port or (443 if self._tls else 80)
        self._seconds = seconds
        self._resting: deque[Line] = deque()
        self._named = url.netloc.rpartition("@")[2].encode()
        self._path = url.path.rstrip("/").encode()
        self._is_closed = False

    def head(self, path: str, content_type: str = "application/json") -> bytes:
        """The first lines of requests to this path, up to the length of their body."""
        return (b"POST %b%b HTTP/1.1\r\nHost: %b\r\nContent-Type: %b\r\nContent-Length: ") % (
            self._path,
            path.encode(),
            self._named,
            content_type.encode(),
        )

    async def post(self, head: bytes, body: bytes) -> Answer:
        """The answer to a POST. Raises NoAnswer."""
        ends = asyncio.get_running_loop().time() + self._seconds
        line = self._rested() or await self._connected()
        answer = await line.ask(b"%b%d\r\n\r\n%b" % (head, len(body), body), ends)
        if self._is_closed:
            line.close()
        elif line.is_open:
            self._resting.append(line)
        return answer

    def close(self) -> None:
        """Those that rest; one that is in use is closed after it."""
        self._is_closed = True
        while self._resting:
            self._resting.pop().close()

    def _rested(self) -> Line | None:
        """The server may have closed some, and will soon close those that have rested for long."""
        oldest = asyncio.get_running_loop().time() - IDLE_SECONDS
        while self._resting and self._resting[0].rests_since < oldest:
            self._resting.popleft().close()
        while self._resting:
            line = self._resting.pop()
            if line.is_open:
                return line
        return None

    async def _connected(self) -> Line:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(min(CONNECT_SECONDS, self._seconds)):
                _, line = await loop.create_connection(Line, self._host, self._port, ssl=self._tls)
        except (OSError, TimeoutError) as error:
            raise NoAnswer(f"no connection: {type(error).__name__}") from error
        return line
