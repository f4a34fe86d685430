"""What the sender alone costs: the real process on real stores, against a Telegram that costs
nothing. `python -m tests.bench.sender_alone [edits|notices] [--batch N] [--in-flight N]` prints its
CPU per call, the HTTP call included; `--profile FILE` has cProfile written there by the sender.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import uvloop
from fotbot.sender.v1.notice_pb2 import NOTICE_KIND_PROMOTED, Notice, NoticeSession
from fotbot.sender.v1.sender_service_pb2 import (
    ScreenCall,
    SendNoticesRequest,
    ShowScreensRequest,
)
from fotbot.sender.v1.sender_service_pb2_grpc import SenderServiceStub
from pydantic import SecretStr

from services.chassis.client import connect
from services.chassis.migrations import MigrateSettings, migrate
from services.local.ports import free_port, free_valkey_ports
from services.local.stores.postgres import PostgresPair
from services.local.stores.valkey import ValkeyCluster
from services.local.supervisor import Supervisor
from tests.bench.telegram_sink import KEYBOARD, Sink, telegram_sink
from tests.gateway.sender.fake_users import CHAT, FakeUsers, users_served

PEOPLE = 5000
TICKS = os.sysconf("SC_CLK_TCK")
PROFILED = (
    "import cProfile, runpy, sys\n"
    "profile = cProfile.Profile()\n"
    "try:\n"
    "    profile.runcall(runpy.run_module, 'services.gateway.sender', run_name='__main__')\n"
    "finally:\n"
    "    profile.dump_stats(sys.argv[1])\n"
)
PARAMETERS = json.dumps(
    {
        "text": "⚽ <b>Chilonzor Arena</b>\nСреда, 25 ноября, 20:00–21:30\nМест: 7 из 20\n" * 3,
        "parse_mode": "HTML",
        "reply_markup": {"inline_keyboard": KEYBOARD},
    },
    separators=(",", ":"),
)


@dataclass(slots=True)
class Crowd:
    """Keeps so many edits or notices under way, handed over in batches."""

    sender: SenderServiceStub
    sink: Sink
    batch: int
    in_flight: int
    made: int = 0

    async def edits(self, count: int) -> None:
        """Returns when Telegram has had so many more."""
        await self._hand_over(count, self._show)

    async def notices(self, count: int) -> None:
        """Returns when Telegram has had so many more."""
        await self._hand_over(count, self._tell)

    async def _hand_over(self, count: int, give: Callable[[range], Awaitable[object]]) -> None:
        first, handed = self.sink.calls, 0
        while handed < count:
            await self.sink.have_come(first + handed + self.batch - self.in_flight)
            await give(range(self.made, self.made + self.batch))
            self.made += self.batch
            handed += self.batch
        await self.sink.have_come(first + handed)

    async def _show(self, numbers: range) -> None:
        calls = [
            ScreenCall(
                chat_id=CHAT + 1 + number % PEOPLE,
                message_id=10 + number,
                method="editMessageText",
                parameters=PARAMETERS,
            )
            for number in numbers
        ]
        await self.sender.ShowScreens(ShowScreensRequest(calls=calls), timeout=5)

    async def _tell(self, numbers: range) -> None:
        session = NoticeSession(
            session_id=17,
            venue_name="Chilonzor Arena",
            time_zone="Asia/Tashkent",
            starts_at=1_795_618_800,
            ends_at=1_795_624_200,
            position=7,
        )
        notices = [
            Notice(
                notice_id=f"bench:{number}",
                user_id=1 + number % PEOPLE,
                kind=NOTICE_KIND_PROMOTED,
                session=session,
            )
            for number in numbers
        ]
        await self.sender.SendNotices(SendNoticesRequest(notices=notices), timeout=5)


def cpu_seconds(pid: int) -> float:
    """What the process has used so far, all threads."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


@asynccontextmanager
async def stores(stack: AsyncExitStack, folder: Path) -> AsyncIterator[dict[str, str]]:
    """A migrated database, a cluster and users, as the sender's environment names them."""
    supervisor = await stack.enter_async_context(Supervisor(folder / "logs"))
    ports = {"port": free_port(), "replica_port": free_port()}
    pair = PostgresPair(folder / "postgres", supervisor, durable=False, **ports)
    await stack.enter_async_context(pair)
    cluster = ValkeyCluster(folder / "valkey", supervisor, ports=free_valkey_ports(3))
    await stack.enter_async_context(cluster)
    url, owner = pair.url("sender"), SecretStr(pair.database.migrator_url("sender"))
    storage = "services.gateway.sender.storage"
    await migrate(MigrateSettings(database_migrator_url=owner), storage, "sender")
    users = await stack.enter_async_context(users_served(FakeUsers()))
    yield {"DATABASE_URL": url, "REDIS_URL": cluster.url, "USERS_ADDR": users}


@asynccontextmanager
async def sender(profile: str | None) -> AsyncIterator[tuple[int, str, Sink]]:
    """The process, its address, and its Telegram, once it is ready."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        sink = await stack.enter_async_context(telegram_sink())
        environ = await stack.enter_async_context(stores(stack, folder))
        grpc_port, ops_port = free_port(), free_port()
        environ |= {name: value for name, value in os.environ.items() if name.startswith("OTEL_")}
        environ |= {
            "PATH": os.environ["PATH"],
            "BOT_TOKEN": "1001:AA-secret-of-this-run",
            "TELEGRAM_API_URL": sink.url,
            "SEND_RATE_MAX": "0",
            "SEND_CHAT_RATE_MAX": "0",
            "GRPC_PORT": str(grpc_port),
            "OPS_PORT": str(ops_port),
            "LISTEN_HOST": "127.0.0.1",
            "DRAIN_SECONDS": "0",
        }
        run = ["-c", PROFILED, profile] if profile else ["-m", "services.gateway.sender"]
        log = stack.enter_context((folder / "sender.log").open("wb"))
        process = await asyncio.create_subprocess_exec(
            sys.executable, *run, env=environ, stdout=log, stderr=log
        )
        try:
            await _ready(ops_port)
            yield process.pid, f"ipv4:127.0.0.1:{grpc_port}", sink
        finally:
            process.terminate()
            await process.wait()
            lines = (folder / "sender.log").read_text().splitlines()
            print(f"its log has {len(lines)} lines", *lines[-3:], sep="\n  ")


async def _ready(ops_port: int) -> None:
    async with aiohttp.ClientSession() as session:
        for _ in range(600):
            try:
                async with session.get(f"http://127.0.0.1:{ops_port}/readyz") as response:
                    if response.status == 200:
                        return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.1)
    raise TimeoutError("the sender does not get ready")


async def measured(arguments: argparse.Namespace) -> None:
    """Prints a line for each run."""
    async with (
        sender(arguments.profile) as (pid, address, sink),
        connect("sender", address) as channel,
    ):
        for batch in arguments.batch:
            crowd = Crowd(SenderServiceStub(channel), sink, batch, max(batch, arguments.in_flight))
            crowd.made = sink.calls
            work = crowd.edits if arguments.what == "edits" else crowd.notices
            await work(arguments.count // 4)
            for _ in range(arguments.repeat):
                cpu, began, before = cpu_seconds(pid), time.perf_counter(), sink.calls
                await work(arguments.count)
                count = sink.calls - before
                spent, took = cpu_seconds(pid) - cpu, time.perf_counter() - began
                print(
                    f"{arguments.what} in batches of {batch:3}: {spent / count * 1e6:6.1f} us each,"
                    f" {count / took:5.0f}/s, {sink.connections} connections",
                    flush=True,
                )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", nargs="?", choices=["edits", "notices"], default="edits")
    parser.add_argument("--count", type=int, default=8000)
    parser.add_argument("--batch", type=int, nargs="+", default=[1, 10, 100])
    parser.add_argument("--in-flight", type=int, default=64)
    parser.add_argument("--repeat", type=int, default=2)
    parser.add_argument("--profile")
    uvloop.run(measured(parser.parse_args()))


if __name__ == "__main__":
    main()
