"""The load's Telegram with moods: it may refuse, fail, or take a call and hang up; what it was
asked to send is remembered by chat."""

from __future__ import annotations

import json
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from services.local.process import LOOPBACK
from tests.load.sink import Sink, serve

HANGS_UP = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mood:
    """How calls that send or edit are answered while it lasts."""

    code: int
    """429, 5xx; 0: the call is carried out, and the connection ends without an answer."""
    retry_after: int = 0
    share: float = 1.0


@dataclass(slots=True)
class MoodyTelegram(Sink):
    """In this process, on a port of its own."""

    delay: float = 0.0
    mood: Mood | None = None
    refused: int = 0
    sent: list[tuple[int, str]] = field(default_factory=list)
    """(chat, text) of every message that was taken, in order."""
    sent_at: list[float] = field(default_factory=list)
    asked_at: list[float] = field(default_factory=list)
    """When something was to be sent, taken or not."""

    def __post_init__(self) -> None:
        Sink.__init__(self, self.delay)
        self._turn = 0.0

    def answer(self, url: bytes, body: bytes) -> bytes:
        """The answer's body; nothing: the connection is to end."""
        method = url.partition(b"?")[0].rpartition(b"/")[2].decode()
        if not method.lower().startswith(("send", "edit")):
            return Sink.answer(self, url, body)
        self.asked_at.append(time.monotonic())
        mood = self._mood_now()
        if mood is None:
            self._take(method, body)
            return Sink.answer(self, url, body)
        self.refused += 1
        if mood.code == 0:
            self._take(method, body)
            return HANGS_UP
        return refusal(mood)

    def texts(self) -> Counter[tuple[int, str]]:
        """How often each chat was sent each text."""
        return Counter(self.sent)

    async def listen(self) -> str:
        """Its address."""
        self._server = await serve(self, LOOPBACK, 0)
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._server.sockets[0].getsockname()[1])

    def close(self) -> None:
        """Nobody is answered any more."""
        self._server.close()

    def _mood_now(self) -> Mood | None:
        """Every n-th call meets the mood, by its share."""
        if self.mood is None:
            return None
        self._turn += self.mood.share
        if self._turn < 1:
            return None
        self._turn -= 1
        return self.mood

    def _take(self, method: str, body: bytes) -> None:
        if method.lower() == "sendmessage":
            told: dict[str, Any] = json.loads(body)
            self.sent.append((int(told["chat_id"]), str(told["text"])))
            self.sent_at.append(time.monotonic())


def refusal(mood: Mood) -> bytes:
    """As the Bot API words it."""
    parameters = {"parameters": {"retry_after": mood.retry_after}} if mood.retry_after else {}
    told = {"ok": False, "error_code": mood.code, "description": "as asked", **parameters}
    return json.dumps(told, separators=(",", ":")).encode()
