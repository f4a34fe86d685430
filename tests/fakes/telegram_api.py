"""A Bot API that takes what a sender sends: writes it down, and answers as it is told."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.fakes.bot_api import served


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """One call as it arrived; `at` is of time.monotonic(), `status` what it was answered."""

    method: str
    parameters: Mapping[str, Any]
    at: float
    status: int

    @property
    def chat_id(self) -> int:
        return int(self.parameters.get("chat_id", 0))

    @property
    def text(self) -> str:
        return str(self.parameters.get("text", ""))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What one call is answered instead of success; `silent` accepts it and says nothing."""

    status: int = 400
    description: str = "Bad Request"
    parameters: Mapping[str, Any] = field(default_factory=dict)
    silent: bool = False


def throttled(seconds: int) -> Reply:
    words = f"Too Many Requests: retry after {seconds}"
    return Reply(status=429, description=words, parameters={"retry_after": seconds})


BLOCKED = Reply(status=403, description="Forbidden: bot was blocked by the user")
NOT_MODIFIED = Reply(description="Bad Request: message is not modified: specified new message")


@dataclass(slots=True)
class FakeTelegram:
    """`replies` are used up one by one, `blocked` are people who never get anything."""

    username: str = "fotbot"
    url: str = ""
    calls: list[Taken] = field(default_factory=list)
    replies: deque[Reply] = field(default_factory=deque)
    blocked: set[int] = field(default_factory=set)
    open: asyncio.Event = field(default_factory=asyncio.Event)
    """While it is cleared, calls hang."""

    @property
    def done(self) -> list[Taken]:
        """What was answered with success, getMe apart."""
        return [call for call in self.calls if call.status == 200 and call.method != "getMe"]

    async def answer(self, request: web.Request) -> web.Response:
        method, at = request.match_info["method"], time.monotonic()
        parameters = await _parameters(request)
        await self.open.wait()
        reply = self._reply(method, parameters)
        status = reply.status if reply else 200
        taken = Taken(method=method, parameters=parameters, at=at, status=status)
        self.calls.append(taken)
        if reply is None:
            return web.json_response({"ok": True, "result": self._result(request, taken)})
        if reply.silent:
            await asyncio.Event().wait()
        body = {"ok": False, "error_code": status, "description": reply.description}
        if reply.parameters:
            body["parameters"] = dict(reply.parameters)
        return web.json_response(body, status=status)

    def _reply(self, method: str, parameters: Mapping[str, Any]) -> Reply | None:
        if method != "getMe" and self.replies:
            return self.replies.popleft()
        return BLOCKED if parameters.get("chat_id") in self.blocked else None

    def _result(self, request: web.Request, taken: Taken) -> dict[str, Any]:
        if taken.method == "getMe":
            bot_id = int(request.match_info["token"].partition(":")[0])
            return {"id": bot_id, "is_bot": True, "first_name": "Fotbot", "username": self.username}
        return {"message_id": len(self.calls), "chat": {"id": taken.chat_id}}


async def _parameters(request: web.Request) -> dict[str, Any]:
    """Of JSON, or of a form: then a file is its name, its type and what is in it."""
    if not request.content_type.startswith("multipart/"):
        found: dict[str, Any] = await request.json()
        return found
    form = await request.post()
    return {
        name: (value.filename, value.content_type, value.file.read())
        if isinstance(value, web.FileField)
        else value
        for name, value in form.items()
    }


@asynccontextmanager
async def telegram_api() -> AsyncIterator[FakeTelegram]:
    """One served on a port of its own."""
    fake = FakeTelegram()
    fake.open.set()
    app = web.Application()
    app.router.add_post("/bot{token}/{method}", fake.answer)
    async with served(app) as fake.url:
        yield fake
        fake.open.set()
