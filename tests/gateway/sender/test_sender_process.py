"""The sender as a process: from its environment alone, and never a word of its token."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp
from fotbot.sender.v1.sender_service_pb2 import GetBotRequest, SendNoticesRequest
from fotbot.sender.v1.sender_service_pb2_grpc import SenderServiceStub
from pydantic import SecretStr

from services.chassis.client import connect
from services.chassis.migrations import MigrateSettings, migrate
from services.chassis.settings import SettingsError, load
from services.gateway.sender.settings import SenderSettings
from services.local.ports import free_port
from services.local.stores.postgres import PostgresPair
from services.local.stores.valkey import ValkeyCluster
from tests.e2e.collector import Collector
from tests.eventually import eventually
from tests.gateway.sender.rig import STORAGE, World, notice

TRACE = "0af7651916cd43dd8448eb211c80319c"


@dataclass(slots=True, kw_only=True)
class Running:
    """The process, its ports, and how it ended."""

    grpc_port: int
    ops_port: int
    process: asyncio.subprocess.Process
    output: str = ""

    async def is_ready(self) -> bool:
        return await self._status("readyz") == 200

    async def is_alive(self) -> bool:
        return await self._status("livez") == 200

    async def metrics(self) -> str:
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"http://127.0.0.1:{self.ops_port}/metrics") as response,
        ):
            return await response.text()

    async def _status(self, path: str) -> int:
        try:
            async with (
                aiohttp.ClientSession() as session,
                session.get(f"http://127.0.0.1:{self.ops_port}/{path}") as response,
            ):
                return response.status
        except aiohttp.ClientError:
            return 0


@asynccontextmanager
async def process(world: World, valkey: ValkeyCluster, **more: str) -> AsyncIterator[Running]:
    """The process, once it is ready."""
    async with started(world, valkey, **more) as running:
        await eventually(running.is_ready, seconds=60)
        yield running


@asynccontextmanager
async def started(world: World, valkey: ValkeyCluster, **more: str) -> AsyncIterator[Running]:
    """`python -m services.gateway.sender` until the end of the block; SIGTERM ends it."""
    ports = {"GRPC_PORT": free_port(), "OPS_PORT": free_port()}
    environment = {
        "PATH": os.environ["PATH"],
        "BOT_TOKEN": world.token,
        "TELEGRAM_API_URL": world.telegram.url,
        "DATABASE_URL": world.database_url,
        "REDIS_URL": valkey.url,
        "USERS_ADDR": world.users_address,
        "LISTEN_HOST": "127.0.0.1",
        "DRAIN_SECONDS": "0",
        **{name: str(port) for name, port in ports.items()},
        **more,
    }
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "services.gateway.sender",
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    running = Running(grpc_port=ports["GRPC_PORT"], ops_port=ports["OPS_PORT"], process=child)
    reading = asyncio.create_task(child.communicate())
    try:
        yield running
    finally:
        if child.returncode is None:
            child.send_signal(signal.SIGTERM)
        running.output = (await reading)[0].decode()


async def test_it_sends_says_nothing_of_its_token_and_ends_cleanly(
    world: World, valkey: ValkeyCluster
) -> None:
    async with Collector() as collector:
        exporting = collector.environment()
        async with process(world, valkey, **exporting) as running:
            address = f"ipv4:127.0.0.1:{running.grpc_port}"
            async with connect("sender", address) as channel:
                stub = SenderServiceStub(channel)
                bot = await stub.GetBot(GetBotRequest(), timeout=5)
                told = notice("n1", traceparent=f"00-{TRACE}-b7ad6b7169203331-01")
                await stub.SendNotices(SendNoticesRequest(notices=[told]), timeout=5)
            await eventually(lambda: is_sent(world))
            metrics = await running.metrics()
        spans = [span for _, span in collector.spans]
    assert bot.bot_id == world.bot_id
    assert running.process.returncode == 0
    links = [
        link.trace_id.hex() for span in spans if span.name == "send notice" for link in span.links
    ]
    assert links == [TRACE]
    assert 'fotbot_sender_sends_total{method="sendMessage",verdict="sent"} 1.0' in metrics
    for place in (running.output, metrics, "".join(str(span) for span in spans)):
        assert world.token not in place
        assert "AA-secret" not in place


async def is_sent(world: World) -> bool:
    return await world.states() == {"n1": "sent"}


async def test_its_token_stays_hidden_when_telegram_cannot_be_reached(
    world: World, valkey: ValkeyCluster
) -> None:
    away = {"TELEGRAM_API_URL": "http://127.0.0.1:1"}
    async with process(world, valkey, **away) as running:
        metrics = await running.metrics()
    assert "telegram does not say who the bot is" in running.output
    assert "ConnectionRefusedError" in running.output
    assert "AA-secret" not in running.output + metrics
    assert running.process.returncode == 0


async def test_it_is_not_ready_before_its_schema_is_migrated_and_then_sends(
    world: World, postgres: PostgresPair, valkey: ValkeyCluster
) -> None:
    made = await postgres.create_database("sender_not_migrated")
    migrator = MigrateSettings(database_migrator_url=SecretStr(made.migrator_url("sender")))
    async with started(world, valkey, DATABASE_URL=made.url("sender")) as running:
        await eventually(running.is_alive, seconds=60)
        assert not await running.is_ready()
        await migrate(migrator, STORAGE, "sender")
        await eventually(running.is_ready)
        async with connect("sender", f"ipv4:127.0.0.1:{running.grpc_port}") as channel:
            request = SendNoticesRequest(notices=[notice("n1")])
            await SenderServiceStub(channel).SendNotices(request, timeout=5)
        await eventually(lambda: has_arrived(world))
    assert "Traceback" not in running.output


async def has_arrived(world: World) -> bool:
    return len(world.telegram.done) == 1


def faults(environ: Mapping[str, str]) -> str:
    try:
        load(SenderSettings, environ)
    except SettingsError as error:
        return str(error)
    return ""


GOOD = {
    "BOT_TOKEN": "123456:AA-bb_cc",
    "DATABASE_URL": "postgresql://sender@db/fotbot",
    "REDIS_URL": "redis://cache:6379",
    "USERS_ADDR": "dns:///users:50051",
}


def test_the_settings_have_telegrams_own_defaults() -> None:
    settings = load(SenderSettings, GOOD)
    assert settings.telegram_api_url == "https://api.telegram.org"
    assert settings.send_rate_max == 25
    assert settings.bot_id == 123456


def test_all_faults_are_told_at_once_and_the_token_is_not() -> None:
    told = faults({"BOT_TOKEN": "secret words", "SEND_RATE_MAX": "-1", "TELEGRAM_API_URL": "x"})
    for name in ("BOT_TOKEN", "SEND_RATE_MAX", "TELEGRAM_API_URL", "USERS_ADDR", "REDIS_URL"):
        assert name in told
    assert "secret words" not in told
