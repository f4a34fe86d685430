"""A small Bot API: updates wait until they are confirmed by offset, calls are written down."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

TOKEN = "4242:fake-token"


@dataclass(slots=True)
class FakeBotApi:
    """`updates` are those not yet confirmed; `calls` everything else that was asked of it."""

    url: str = ""
    webhook: str = ""
    updates: list[Mapping[str, Any]] = field(default_factory=list)
    calls: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    failures: int = 0
    """So many of the next requests are answered 502 with a page instead of JSON."""
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    def add(self, *updates: Mapping[str, Any]) -> None:
        """What people did."""
        self.updates.extend(updates)
        self._changes()

    async def confirmed(self) -> None:
        """Returns when every update has been let go of."""
        await self._until(lambda: not self.updates)

    async def called(self, method: str) -> Mapping[str, Any]:
        """The parameters of the first call of `method`, waited for."""
        await self._until(lambda: any(name == method for name, _ in self.calls))
        return next(params for name, params in self.calls if name == method)

    async def answer(self, request: web.Request) -> web.Response:
        params = await request.json() if request.can_read_body else {}
        if self.failures:
            self.failures -= 1
            return web.Response(status=502, text="<html>Bad Gateway</html>")
        if request.match_info["token"] != TOKEN:
            return _refused(401, "Unauthorized")
        method = request.match_info["method"]
        if method == "getWebhookInfo":
            return _ok({"url": self.webhook, "pending_update_count": len(self.updates)})
        if method == "getUpdates":
            return await self._get_updates(params)
        self.calls.append((method, params))
        self._changes()
        return _ok(True)

    async def _get_updates(self, params: Mapping[str, Any]) -> web.Response:
        if self.webhook:
            return _refused(409, "Conflict: can't use getUpdates method while webhook is active")
        offset = params.get("offset", 0)
        self.updates[:] = [update for update in self.updates if update["update_id"] >= offset]
        self._changes()
        with suppress(TimeoutError):
            await self._until(lambda: bool(self.updates), params.get("timeout", 0))
        return _ok(self.updates[:100])

    def _changes(self) -> None:
        before, self._changed = self._changed, asyncio.Event()
        before.set()

    async def _until(self, condition: Callable[[], bool], timeout: float = 10.0) -> None:
        async with asyncio.timeout(timeout):
            while not condition():
                await self._changed.wait()


@asynccontextmanager
async def bot_api() -> AsyncIterator[FakeBotApi]:
    """One served on a port of its own."""
    fake = FakeBotApi()
    app = web.Application()
    app.router.add_post("/bot{token}/{method}", fake.answer)
    async with served(app) as fake.url:
        yield fake


@asynccontextmanager
async def served(app: web.Application) -> AsyncIterator[str]:
    """The application's address, for the time of the block."""
    runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield "http://{}:{}".format(*runner.addresses[0][:2])
    finally:
        await runner.cleanup()


def _ok(result: Any) -> web.Response:
    return web.json_response({"ok": True, "result": result})


def _refused(code: int, description: str) -> web.Response:
    answer = {"ok": False, "error_code": code, "description": description}
    return web.json_response(answer, status=code)
