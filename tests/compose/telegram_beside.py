"""A local Telegram beside a system in containers: a process of this machine that containers reach
at one of its addresses, and people in it as the end-to-end tests know them."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import aiohttp
from aiohttp import web

from services.local.ports import free_port
from services.local.process import LOOPBACK, Process, answers_http
from services.local.supervisor import Supervisor

TOKEN = "1000000001:local-telegram-knows-only-this-bot"
HOP_BY_HOP = ("Host", "Connection", "Transfer-Encoding", "Content-Length", "Content-Encoding")


@dataclass(slots=True)
class Beside:
    """What people.Human and the evenings' acts need to know of where they play."""

    http: aiohttp.ClientSession
    port: int
    address: str = ""
    """What the containers call as TELEGRAM_API_URL."""
    layout: Any = field(init=False)

    def __post_init__(self) -> None:
        self.layout = SimpleNamespace(telegram_api_url=f"http://{LOOPBACK}:{self.port}")


@asynccontextmanager
async def telegram_beside(
    data: Path, host: str, admins: str, options: Mapping[str, str]
) -> AsyncIterator[Beside]:
    """Running; `host` is the address of this machine that containers can reach."""
    port = free_port()
    process = Process(
        name="telegram",
        command=(sys.executable, "-m", "services.local.telegram"),
        env={
            **os.environ,
            "ADMIN_TG_IDS": admins,
            "BOT_TOKEN": TOKEN,
            "LOCAL_TELEGRAM_DATA": str(data / "telegram.sqlite"),
            "LOCAL_TELEGRAM_LIMITS": "off",
            "LOCAL_TELEGRAM_PORT": str(port),
            **options,
        },
        ports={"chat page": port},
        ready=answers_http(port),
    )
    async with Supervisor(data / "logs") as supervisor, aiohttp.ClientSession() as http:
        await supervisor.start(process, timeout=60)
        beside = Beside(http=http, port=port)
        async with _way_in(http, host, port) as beside.address:
            yield beside


@asynccontextmanager
async def _way_in(http: aiohttp.ClientSession, host: str, port: int) -> AsyncIterator[str]:
    """The local Telegram lets in only who calls it by a name of this machine: so this does."""

    async def passed_on(request: web.Request) -> web.Response:
        headers = {name: it for name, it in request.headers.items() if name not in HOP_BY_HOP}
        url = f"http://{LOOPBACK}:{port}{request.path_qs}"
        body = await request.read()
        async with http.request(request.method, url, data=body, headers=headers) as response:
            given = {name: it for name, it in response.headers.items() if name not in HOP_BY_HOP}
            answer = await response.read()
            return web.Response(status=response.status, body=answer, headers=given)

    app = web.Application(client_max_size=64 * 1024 * 1024)
    app.router.add_route("*", "/{anything:.*}", passed_on)
    runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, host, 0)
    await site.start()
    try:
        yield f"http://{host}:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def told(*command: str, env: Mapping[str, str], timeout: float = 600) -> str:
    """What a command says; AssertionError with all of it when it fails."""
    process = await asyncio.create_subprocess_exec(
        *command,
        env=dict(env),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        async with asyncio.timeout(timeout):
            said, _ = await process.communicate()
    except TimeoutError:
        process.kill()
        raise
    words = said.decode(errors="replace")
    assert process.returncode == 0, f"{' '.join(command)}\n{words[-4000:]}"
    return words
