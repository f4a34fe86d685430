"""A Telegram that takes every call at once and costs next to nothing: for measuring a sender.

It answers as the Bot API does to an edit, with the whole message, on connections kept alive.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

KEYBOARD = [[{"text": f"Button {row}", "callback_data": f"sj:{row}"}] for row in range(4)]
MESSAGE = {
    "message_id": 7,
    "from": {"id": 42, "is_bot": True, "first_name": "Fotbot", "username": "FotbotTest"},
    "chat": {"id": 7, "first_name": "Ali", "last_name": "Valiyev", "type": "private"},
    "date": 1_760_000_000,
    "edit_date": 1_760_000_100,
    "text": "⚽ Chilonzor Arena\nСреда, 25 ноября, 20:00–21:30\nМест: 7 из 20\n" * 3,
    "reply_markup": {"inline_keyboard": KEYBOARD},
}
BOT = {**MESSAGE["from"], "can_join_groups": True}  # type: ignore[dict-item]


def _answer(result: dict[str, Any]) -> bytes:
    body = json.dumps({"ok": True, "result": result}).encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"Server: nginx\r\nConnection: keep-alive\r\n\r\n" + body


DONE, ME = _answer(MESSAGE), _answer(BOT)


@dataclass(slots=True)
class Sink:
    """What came; `arrived` is set at each call."""

    url: str = ""
    calls: int = 0
    connections: int = 0
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    async def have_come(self, calls: int) -> None:
        """Return once so many calls have come."""
        while self.calls < calls:
            self.arrived.clear()
            await self.arrived.wait()


class _Connection(asyncio.Protocol):
    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._read = b""

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        self._sink.connections += 1

    def data_received(self, data: bytes) -> None:
        self._read += data
        head, found, rest = self._read.partition(b"\r\n\r\n")
        if not found or len(rest) < _length(head):
            return
        self._read = b""
        if b"/getMe " in head:
            self._transport.write(ME)
            return
        self._transport.write(DONE)
        self._sink.calls += 1
        self._sink.arrived.set()


def _length(head: bytes) -> int:
    found = head.lower().partition(b"content-length: ")[2]
    return int(found.partition(b"\r\n")[0] or 0)


@asynccontextmanager
async def telegram_sink() -> AsyncIterator[Sink]:
    """One on a port of its own, in this process."""
    sink = Sink()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Connection(sink), "127.0.0.1", 0)
    sink.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield sink
    finally:
        server.close()
