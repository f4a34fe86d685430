"""Fotbot as the bench starts it: every process of the product over durable stores, tracing on at
1 %, metrics on, limits lifted where a crowd of the bench is quicker than people are."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from pathlib import Path

from services.local.layout import Layout
from services.local.ports import free_port
from services.local.process import LOOPBACK, Process, answers_http
from services.local.roles import on_ports
from services.local.stores.binaries import postgres_bin, run, valkey_bin
from services.local.stores.postgres import DATABASE
from services.local.supervisor import Supervisor
from tests.bench.collector import no_op_collector
from tests.bench.stores import Stores
from tests.bench.systems import Scale
from tests.bench.telegram import SinkTelegram
from tests.load.driver import Door
from tests.load.judge import Place
from tests.load.updates import FIRST_PERSON

SECRET = "a-secret-for-the-bench-0123456789"
SEED = Path(__file__).with_name("seed.sql")
LIBRARIES = ("aiogram", "asyncpg", "grpcio", "msgspec", "protobuf", "redis", "SQLAlchemy", "uvloop")
OPTIONS = {
    # Messages per second to Telegram, of all and in one chat: lifted for every system.
    "SEND_RATE_MAX": "0",
    "SEND_CHAT_RATE_MAX": "0",
    # Admission works, but turns nobody away.
    "RATE_LIMIT_MAX": "10000",
    "RATE_LIMIT_WINDOW": "1000",
    "WEBHOOK_MAX_CONNECTIONS": "100",
    "OTEL_TRACES_SAMPLER": "parentbased_traceidratio",
    "OTEL_TRACES_SAMPLER_ARG": "0.01",
}
PLACES = """
SELECT e.session_id, p.telegram_id, e.status = 'waitlisted' AS waits,
       row_number() OVER (PARTITION BY e.session_id, e.status ORDER BY e.turn) AS number
FROM sessions.entries e JOIN users.people p ON p.id = e.user_id
WHERE e.status IN ('confirmed', 'waitlisted') ORDER BY e.session_id, e.id
"""

Change = Callable[[Process], Process]


@dataclass(slots=True)
class Fotbot:
    """The running system."""

    stores: Stores
    supervisor: Supervisor
    telegram: SinkTelegram
    layout: Layout
    scale: Scale
    names: list[str]
    """Of the product's processes."""
    name: str = "fotbot"
    words: str = "fotbot"
    door: Door = field(init=False)

    def __post_init__(self) -> None:
        port = next(r.ports["HTTP_PORT"] for r in self.layout.roles if r.name == "gateway")
        self.door = Door(host=LOOPBACK, port=port, secret=SECRET)

    def pids(self) -> Mapping[str, int]:
        """The stores' too."""
        found = {name: self.supervisor.pid(name) for name in self.names}
        ours = {name: pid for name, pid in found.items() if pid is not None}
        return {**ours, **self.stores.pids()}

    async def places(self) -> Sequence[Place]:
        """As the database has them."""
        connection = await self.stores.postgres.admin(DATABASE)
        try:
            rows = await connection.fetch(PLACES)
        finally:
            await connection.close()
        return [
            Place(row["session_id"], row["telegram_id"], row["waits"], row["number"])
            for row in rows
        ]

    async def capacities(self) -> Mapping[int, int]:
        """As the database has them."""
        connection = await self.stores.postgres.admin(DATABASE)
        try:
            rows = await connection.fetch("SELECT id, capacity FROM sessions.sessions")
        finally:
            await connection.close()
        return {row["id"]: row["capacity"] for row in rows}

    async def versions(self) -> Mapping[str, str]:
        """Libraries and stores."""
        stores = {
            "postgres": (await run(postgres_bin("postgres"), "--version")).split()[-1],
            "valkey": (await run(valkey_bin("valkey-server"), "--version"))
            .split("v=")[1]
            .split()[0],
        }
        return {**{name.lower(): version(name) for name in LIBRARIES}, **stores}


@asynccontextmanager
async def running_fotbot(
    folder: Path,
    scale: Scale,
    *,
    sessions_processes: int = 1,
    change: Change = lambda process: process,
    options: Mapping[str, str] | None = None,
) -> AsyncIterator[Fotbot]:
    """Everything up and seeded. `change` may alter how a process is started."""
    stores = Stores(folder, cluster=True)
    async with Supervisor(folder / "logs") as supervisor, no_op_collector() as collector:
        telegram = SinkTelegram("fotbot")
        try:
            await asyncio.gather(stores.start(), telegram.start(supervisor))
            layout = Layout(
                environ={**_clean(os.environ), **OPTIONS, **collector, **(options or {})},
                database=stores.postgres.database,
                redis_url=stores.redis_url,
                webhook_secret=SECRET,
                data=str(folder),
                roles=on_ports(free_port),
                telegram_port=telegram.port,
            )
            for command, env in layout.migrations().values():
                await run(*command, env=env, timeout=120)
            await _seed(stores, scale)
            processes = [change(p) for p in _several(layout, sessions_processes)]
            await supervisor.start(*processes, timeout=120)
            names = [process.name for process in processes]
            yield Fotbot(stores, supervisor, telegram, layout, scale, names)
        finally:
            await supervisor.stop_all()
            await stores.stop()


def _several(layout: Layout, sessions_processes: int) -> list[Process]:
    """The product's processes, with more of sessions where that is asked for."""
    processes = list(layout.services())
    first = next(process for process in processes if process.name == "sessions")
    address = f"ipv4:{LOOPBACK}:{first.ports['grpc']}"
    for number in range(2, sessions_processes + 1):
        grpc, ops = free_port(), free_port()
        env = {**first.env, "GRPC_PORT": str(grpc), "OPS_PORT": str(ops)}
        other = replace(first, name=f"sessions-{number}", env=env, ready=answers_http(ops))
        processes.append(other)
        address += f",{LOOPBACK}:{grpc}"
    return [
        replace(process, env={**process.env, "SESSIONS_ADDR": address})
        if "SESSIONS_ADDR" in process.env
        else process
        for process in processes
    ]


async def _seed(stores: Stores, scale: Scale) -> None:
    numbers = {
        "first": FIRST_PERSON,
        "people": scale.people,
        "sessions": scale.sessions,
        "capacity": scale.capacity,
    }
    connection = await stores.postgres.admin(DATABASE)
    try:
        await connection.execute(SEED.read_text() % numbers)
    finally:
        await connection.close()
    await stores.postgres.catch_up()


def _clean(environ: Mapping[str, str]) -> dict[str, str]:
    """Nothing that somebody has set for another run."""
    return {name: environ[name] for name in ("PATH", "HOME", "LANG") if name in environ}
