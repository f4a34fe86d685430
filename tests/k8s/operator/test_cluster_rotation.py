"""The webhook's secret is changed while people write: Telegram, the gateways and the operator as
processes of their own, over TLS, and not one update is refused or lost."""

from __future__ import annotations

import asyncio
import itertools
import os
import ssl
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from services.local.ports import free_port
from services.local.process import Process, answers_http
from tests.eventually import until
from tests.k8s.cluster.authority import Authority
from tests.k8s.operator.making import NEW, OLD
from tests.k8s.operator.world import WHOLE, GatewayPod, World
from tests.local.telegram.running import TOKEN

pytestmark = [pytest.mark.k8s, pytest.mark.cluster_long]

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
PERSON = 1002


@dataclass
class Entrance:
    """What stands before the gateways: each request goes to the next of them in turn."""

    gateways: list[GatewayPod]
    port: int = 0
    taken: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    secrets: list[str] = field(default_factory=list)
    _turn: itertools.count[int] = field(default_factory=itertools.count)

    async def receive(self, request: web.Request) -> web.Response:
        gateway = self.gateways[next(self._turn) % len(self.gateways)]
        secret, update = request.headers.get(SECRET_HEADER, ""), await request.json()
        text = str(update["message"]["text"])
        self.secrets.append(secret)
        if secret not in gateway.secrets:
            self.refused.append(text)
            return web.Response(status=401)
        self.taken.append(text)
        return web.Response()

    @asynccontextmanager
    async def open(self, certificates: ssl.SSLContext) -> AsyncIterator[str]:
        app = web.Application()
        app.router.add_post("/telegram/webhook", self.receive)
        runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=certificates).start()
        yield f"https://127.0.0.1:{runner.addresses[0][1]}/telegram/webhook"
        await runner.cleanup()


async def a_telegram(world: World, authority: Authority, folder: Path) -> str:
    """A Bot API server that trusts this authority; its address."""
    port = free_port()
    process = Process(
        name="telegram",
        command=(sys.executable, "-m", "services.local.telegram"),
        env={
            "PATH": os.environ["PATH"],
            "BOT_TOKEN": TOKEN,
            "LOCAL_TELEGRAM_PORT": str(port),
            "LOCAL_TELEGRAM_DATA": str(folder / "telegram.sqlite"),
            "SSL_CERT_FILE": str(authority.certificate),
        },
        ready=answers_http(port),
    )
    await world.supervisor.start(process)
    return f"http://127.0.0.1:{port}"


async def keep_writing(telegram: str, http: aiohttp.ClientSession, said: list[str]) -> None:
    for number in itertools.count():
        text = f"line {number}"
        url = f"{telegram}/local/{PERSON}/say"
        async with http.post(url, json={"text": text}) as answer:
            body: dict[str, Any] = await answer.json()
        assert "message_id" in body, body
        said.append(text)
        await asyncio.sleep(0.02)


async def test_no_update_is_refused_or_lost_while_the_secret_changes(
    world: World, tmp_path: Path
) -> None:
    authority = Authority(tmp_path / "pki")
    serving = authority.serving("webhook", "IP:127.0.0.1")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(serving.certificate, serving.key)
    for gateway in world.gateways:
        gateway.secrets = (OLD,)
    await world.secrets(bot_token=TOKEN, webhook_secret=OLD)
    telegram = await a_telegram(world, authority, tmp_path)
    entrance = Entrance(world.gateways)
    async with entrance.open(context) as url, aiohttp.ClientSession() as http:
        await world.start(TELEGRAM_API_URL=telegram)
        await world.make(WHOLE | {"webhook": WHOLE["webhook"] | {"url": url}})
        await world.until("Ready", "True")
        said: list[str] = []
        writing = asyncio.create_task(keep_writing(telegram, http, said))
        await until(lambda: len(entrance.taken) > 20)
        await rotate(world, entrance)
        enough = len(entrance.taken) + 20
        await until(lambda: len(entrance.taken) > enough)
        writing.cancel()
        await until(lambda: len(entrance.taken) >= len(said), 20)
    assert entrance.refused == []
    assert sorted(entrance.taken) == sorted(set(said))
    assert set(entrance.secrets) == {OLD, NEW}


async def rotate(world: World, entrance: Entrance) -> None:
    """As the README says, with kubelets that bring the Secret's change one after the other."""
    await world.secrets(bot_token=TOKEN, webhook_secret=NEW, webhook_secret_previous=OLD)
    world.gateways[0].secrets = (OLD, NEW)
    await world.until("SecretInStep", "False", "WaitingForGateways")
    assert NEW not in entrance.secrets
    world.gateways[1].secrets = (OLD, NEW)
    await world.until("SecretInStep", "True")
    await until(lambda: entrance.secrets[-1] == NEW)
    await world.secrets(bot_token=TOKEN, webhook_secret=NEW)
    for gateway in world.gateways:
        gateway.secrets = (NEW,)
    await world.until("Ready", "True")
