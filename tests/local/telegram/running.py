"""A running local Telegram and a bot's webhook, in the test's own loop."""

import asyncio
import inspect
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import uvicorn
from aiohttp import web

from services.local.telegram import methods
from services.local.telegram.app import application
from services.local.telegram.delivery import Delivery
from services.local.telegram.pace import Pace
from services.local.telegram.params import Params
from services.local.telegram.telegram import Telegram, open_telegram
from services.local.telegram.updates import Webhook
from tests.eventually import until

TOKEN = "1000000:local"
SECRET = "a-secret"
Json = dict[str, Any]
Reply = web.Response | Json | None
Handler = Callable[[Json], Reply | Awaitable[Reply]]


class Clock:
    """Unix seconds that only a test moves."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Hook:
    """A webhook that keeps what it gets; `handle` decides the answer (a dict: a method; 200)."""

    handle: Handler = lambda update: None
    url: str = ""
    got: list[Json] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def receive(self, request: web.Request) -> web.Response:
        update = await request.json()
        async with self._changed:
            self.got.append(update)
            self.headers.append(dict(request.headers))
            self._changed.notify_all()
        reply = self.handle(update)
        if inspect.isawaitable(reply):
            reply = await reply
        return reply if isinstance(reply, web.Response) else web.json_response(reply or {})

    async def until(self, count: int) -> list[Json]:
        """The updates, once there are so many."""
        async with self._changed, asyncio.timeout(30):
            await self._changed.wait_for(lambda: len(self.got) >= count)
        return self.got


@asynccontextmanager
async def hooked(handle: Handler = lambda update: None) -> AsyncIterator[Hook]:
    hook = Hook(handle)
    app = web.Application()
    app.router.add_post("/hook", hook.receive)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    hook.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    try:
        yield hook
    finally:
        await runner.cleanup()


@dataclass
class Running:
    telegram: Telegram
    url: str
    http: aiohttp.ClientSession

    async def method(self, name: str, **params: Any) -> Json:
        """The Bot API's whole answer."""
        async with self.http.post(f"{self.url}/bot{TOKEN}/{name}", json=params) as response:
            answer: Json = await response.json()
            assert answer.get("error_code", 200) == response.status
        return answer

    async def result(self, name: str, **params: Any) -> Any:
        answer = await self.method(name, **params)
        assert answer["ok"], answer
        return answer["result"]

    async def act(self, person: int, act: str, **body: Any) -> Json:
        async with self.http.post(f"{self.url}/local/{person}/{act}", json=body) as response:
            answer: Json = await response.json()
        return answer

    async def messages(self, person: int, chat: int | None = None) -> list[Json]:
        where = f"{self.url}/local/{person}/chat?chat={person if chat is None else chat}"
        async with self.http.get(where) as response:
            found: list[Json] = (await response.json())["messages"]
        return found

    def listen_to(self, hook: Hook, connections: int = 40) -> None:
        webhook = Webhook(url=hook.url, secret=SECRET, max_connections=connections)
        self.telegram.updates.set_webhook(webhook)


@asynccontextmanager
async def running(
    path: str = ":memory:",
    *,
    second: float = 0.01,
    timeout: float = 60.0,
    limited: bool = False,
    clock: Callable[[], float] = time.time,
) -> AsyncIterator[Running]:
    """`second` is how long a second of the retries' pauses lasts."""
    telegram = open_telegram(path, TOKEN, limited=limited, clock=clock)
    app = application(telegram, Delivery(telegram, pace=Pace(second=second), timeout=timeout))
    config = uvicorn.Config(app, port=0, log_config=None, timeout_graceful_shutdown=2)
    server = uvicorn.Server(config)
    sockets = [config.bind_socket()]
    serving = asyncio.create_task(server.serve(sockets))
    await until(lambda: server.started)
    try:
        async with aiohttp.ClientSession() as http:
            port = sockets[0].getsockname()[1]
            yield Running(telegram, f"http://127.0.0.1:{port}", http)
    finally:
        telegram.events.close()
        server.should_exit = True
        await serving
        telegram.store.close()


def call(telegram: Telegram, name: str, **params: Any) -> Any:
    """A method without HTTP; raises ApiError."""
    return methods.call(telegram, name, Params(params))
