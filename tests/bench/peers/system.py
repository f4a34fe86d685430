"""An alternative as the bench starts it: its peer.json over stores of its own, the same as
Fotbot's but for the cache, which is a single node as the guide has it."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from services.local.ports import free_port
from services.local.process import LOOPBACK, Process, Ready
from services.local.stores.postgres import PostgresPair
from services.local.stores.postgres_server import SUPERUSER
from services.local.supervisor import Supervisor
from tests.bench.stores import Stores
from tests.bench.systems import Scale
from tests.bench.telegram import SinkTelegram
from tests.load.driver import Door
from tests.load.judge import Place
from tests.load.updates import FIRST_PERSON

FOLDER = Path(__file__).parent
NAMES = ("telegraf-prisma", "telegraf-sql", "aiogram-sqlalchemy")
SECRET = "a-secret-for-the-bench-0123456789"
TOKEN = "1000000001:a-token-for-the-bench"
DATABASE = "peer"
PLACES = """
SELECT session_id, telegram_id, state = 'waiting' AS waits, coalesce(place, 0) AS number
FROM bench_entries ORDER BY session_id, state, place
"""


class PeerUnavailable(Exception):
    """It could not be prepared; the message is what its own command said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Commands:
    """What a peer.json says."""

    cwd: Path
    run: tuple[str, ...]
    seed: tuple[str, ...]
    versions: tuple[str, ...]
    prepare: tuple[str, ...] = ()

    @classmethod
    def of(cls, name: str) -> Commands:
        """Those of the alternative called so in the results."""
        folder = FOLDER / name.replace("-", "_")
        told: dict[str, Any] = json.loads((folder / "peer.json").read_text())
        cwd = (folder / told.pop("cwd", ".")).resolve()
        return cls(cwd=cwd, **{key: _words(words) for key, words in told.items()})

    async def carry_out(self, command: Sequence[str], env: Mapping[str, str]) -> str:
        """What it printed; raises PeerUnavailable when it fails."""
        child = await asyncio.create_subprocess_exec(
            *command,
            cwd=self.cwd,
            env={**_plain_env(), **env},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        said, complained = await child.communicate()
        if child.returncode:
            raise PeerUnavailable(complained.decode().strip() or said.decode().strip())
        return said.decode()


@dataclass(slots=True)
class Peer:
    """The running alternative."""

    name: str
    stores: Stores
    supervisor: Supervisor
    telegram: SinkTelegram
    scale: Scale
    door: Door
    commands: Commands
    words: str = "plain"

    def pids(self) -> Mapping[str, int]:
        """The bot's and the stores'."""
        pid = self.supervisor.pid(self.name)
        return {**({"bot": pid} if pid is not None else {}), **self.stores.pids()}

    async def places(self) -> Sequence[Place]:
        """As its view tells them."""
        connection = await self.stores.postgres.admin(DATABASE)
        try:
            rows = await connection.fetch(PLACES)
        finally:
            await connection.close()
        return [Place(r["session_id"], r["telegram_id"], r["waits"], r["number"]) for r in rows]

    async def capacities(self) -> Mapping[int, int]:
        """As its view tells them."""
        connection = await self.stores.postgres.admin(DATABASE)
        try:
            rows = await connection.fetch("SELECT session_id, capacity FROM bench_sessions")
        finally:
            await connection.close()
        return {row["session_id"]: row["capacity"] for row in rows}

    async def versions(self) -> Mapping[str, str]:
        """Of what it stands on."""
        told: dict[str, str] = json.loads(await self.commands.carry_out(self.commands.versions, {}))
        return told


async def prepare(name: str) -> Commands:
    """Installs what it needs, unless that is there; raises PeerUnavailable."""
    commands = Commands.of(name)
    try:
        if commands.prepare:
            await commands.carry_out(commands.prepare, {})
        await commands.carry_out(commands.versions, {})
    except OSError as fault:
        raise PeerUnavailable(f"{name}: {fault}") from fault
    return commands


@asynccontextmanager
async def running_peer(
    name: str, folder: Path, scale: Scale, *, telegram_url: str | None = None
) -> AsyncIterator[Peer]:
    """Prepared, seeded and up. `telegram_url`: another Bot API than the sink it comes with."""
    commands = await prepare(name)
    stores = Stores(folder, cluster=False)
    async with Supervisor(folder / "logs") as supervisor:
        telegram = SinkTelegram(name)
        try:
            await asyncio.gather(stores.start(), telegram.start(supervisor))
            port = free_port()
            env = {
                "DATABASE_URL": await _database(stores.postgres),
                "REDIS_URL": stores.redis_url,
                "BOT_TOKEN": TOKEN,
                "TELEGRAM_API_URL": telegram_url or telegram.url,
                "HTTP_HOST": LOOPBACK,
                "HTTP_PORT": str(port),
                "WEBHOOK_PATH": "/telegram/webhook",
                "WEBHOOK_SECRET": SECRET,
                "NODE_ENV": "production",
            }
            await commands.carry_out([*commands.seed, *_options(scale)], env)
            await stores.postgres.catch_up()
            await supervisor.start(_bot(name, commands, env, port), timeout=60)
            door = Door(host=LOOPBACK, port=port, secret=SECRET)
            yield Peer(name, stores, supervisor, telegram, scale, door, commands)
        finally:
            await supervisor.stop_all()
            await stores.stop()


async def _database(postgres: PostgresPair) -> str:
    connection = await postgres.admin()
    try:
        await connection.execute(f"DROP DATABASE IF EXISTS {DATABASE}")
        await connection.execute(f"CREATE DATABASE {DATABASE}")
    finally:
        await connection.close()
    password = quote(postgres.database.secret, safe="")
    return f"postgresql://{SUPERUSER}:{password}@{LOOPBACK}:{postgres.port}/{DATABASE}"


def _bot(name: str, commands: Commands, env: Mapping[str, str], port: int) -> Process:
    return Process(
        name=name,
        command=("env", "-C", str(commands.cwd), *commands.run),
        env={**_plain_env(), **env},
        ports={"http": port},
        ready=_accepts(port),
    )


def _accepts(port: int) -> Ready:
    async def ready() -> bool:
        try:
            _, writer = await asyncio.open_connection(LOOPBACK, port)
        except OSError:
            return False
        writer.close()
        return True

    return ready


def _options(scale: Scale) -> list[str]:
    told = {
        "people": scale.people,
        "sessions": scale.sessions,
        "capacity": scale.capacity,
        "first-person": FIRST_PERSON,
    }
    return [word for name, number in told.items() for word in (f"--{name}", str(number))]


def _words(words: Sequence[str]) -> tuple[str, ...]:
    return tuple(sys.executable if word == "{python}" else word for word in words)


def _plain_env() -> dict[str, str]:
    return {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
