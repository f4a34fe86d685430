"""A Bot API that takes everything: `python -m tests.load.sink --port 8081 [--delay 0.05]`.

A process of its own, so that its CPU is nobody's. It counts calls by method and remembers which
callback queries were answered, and how often: GET /counts, GET /answered, POST /reset. What is said
to one chat may be read: GET /watch?<chat>, then GET /watched.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import time
from collections import Counter, deque
from typing import Any

import httptools
import uvloop

BOT_ID = 1_000_000_001
BOT = {"id": BOT_ID, "is_bot": True, "first_name": "Fotbot", "username": "FotbotTest"}
# In JSON, in a form, or in a multipart body.
_QUERY = re.compile(rb'callback_query_id(?:"\s*:\s*"?|=|"\r\n(?:[^\r\n]+\r\n)*\r\n)(\d+)')
_CHAT = re.compile(rb'chat_id(?:"\s*:\s*"?|=|"\r\n(?:[^\r\n]+\r\n)*\r\n)(-?\d+)')
_MESSAGE = re.compile(rb'"?message_id(?:"\s*:\s*"?|=|"\r\n(?:[^\r\n]+\r\n)*\r\n)(\d+)')
_SENT = (
    b'{"ok":true,"result":{"message_id":%d,"date":%d,"chat":{"id":%d,"type":"private"},"text":"x"}}'
)
WATCHED_MOST = 50
"""Calls to the watched chat that are kept."""

_TRUE = b'{"ok":true,"result":true}'
_REFUSED = re.compile(rb'\{"ok":false,"error_code":(\d{3})\b')


class Sink:
    """What has been asked of this Telegram."""

    def __init__(self, delay: float = 0.0) -> None:
        self.delay = delay
        self._messages = 0
        self._counts: Counter[str] = Counter()
        self._answered: Counter[int] = Counter()
        self._watched_chat = 0
        self._watched: deque[str] = deque(maxlen=WATCHED_MOST)

    def answer(self, url: bytes, body: bytes) -> bytes:
        """The answer's body."""
        path, _, query = url.partition(b"?")
        method = path.rpartition(b"/")[2].decode()
        if not path.startswith(b"/bot"):
            return self._told(method, query)
        self._counts[method] += 1
        if self._watched_chat and _number(_CHAT, body or query) == self._watched_chat:
            self._watched.append((body or query).decode(errors="replace"))
        return self._carried_out(method.lower(), body or query)

    def _carried_out(self, method: str, given: bytes) -> bytes:
        match method:
            case "answercallbackquery":
                self._answered[_number(_QUERY, given)] += 1
                return _TRUE
            case "getme":
                return json.dumps({"ok": True, "result": BOT}).encode()
            case "getwebhookinfo":
                return b'{"ok":true,"result":{"url":"","pending_update_count":0}}'
            case "editmessagetext" | "editmessagereplymarkup":
                return _message(_number(_MESSAGE, given), given)
        if method.startswith("send"):
            self._messages += 1
            return _message(self._messages, given)
        return _TRUE

    def _told(self, name: str, query: bytes) -> bytes:
        match name:
            case "watch":
                self._watched_chat = int(query)
                self._watched.clear()
            case "watched":
                return json.dumps(list(self._watched)).encode()
            case "counts":
                return json.dumps(self._counts).encode()
            case "answered":
                return json.dumps(list(self._answered.items())).encode()
            case "reset":
                self._counts.clear()
                self._answered.clear()
        return b"{}"


class _Caller(asyncio.Protocol):
    """One keep-alive connection of a bot's."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._parser = httptools.HttpRequestParser(self)
        self._url = b""
        self._body: list[bytes] = []

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self._transport.close()

    def on_message_begin(self) -> None:
        self._url = b""
        self._body = []

    def on_url(self, url: bytes) -> None:
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        if name.lower() == b"expect":
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def on_body(self, body: bytes) -> None:
        self._body.append(body)

    def on_message_complete(self) -> None:
        answer = self._sink.answer(self._url, b"".join(self._body))
        if self._sink.delay:
            asyncio.get_running_loop().call_later(self._sink.delay, self._write, answer)
        else:
            self._write(answer)

    def _write(self, answer: bytes) -> None:
        """A refusal has its code as its status; who has no answer hangs up."""
        if not answer:
            self._transport.close()
            return
        refused = _REFUSED.match(answer)
        status = refused[1] if refused else b"200"
        head = b"HTTP/1.1 %b -\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
        self._transport.write(head % (status, len(answer)) + answer)


def _message(number: int, given: bytes) -> bytes:
    return _SENT % (number, int(time.time()), _number(_CHAT, given))


def _number(pattern: re.Pattern[bytes], given: bytes) -> int:
    found = pattern.search(given)
    return int(found[1]) if found else 0


async def serve(sink: Sink, host: str, port: int) -> asyncio.Server:
    """Listens until it is closed; port 0 lets the system choose."""
    return await asyncio.get_running_loop().create_server(lambda: _Caller(sink), host, port)


async def _run(host: str, port: int, delay: float) -> None:
    async with await serve(Sink(delay), host, port) as server:
        await server.serve_forever()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--delay", type=float, default=0.0, help="seconds before each answer")
    given = parser.parse_args()
    uvloop.run(_run(given.host, given.port, given.delay))


if __name__ == "__main__":
    main()
