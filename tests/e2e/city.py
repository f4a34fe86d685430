"""The whole system as a fixture: every process of `make run`, on ports of its own.

Started once for all end-to-end tests, on the run's stores. It exports its traces to a collector
inside the test process.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from services.local.layout import Layout
from services.local.ports import free_port
from services.local.process import LOOPBACK
from services.local.roles import on_ports
from services.local.stores.binaries import run
from services.local.stores.postgres import PostgresPair
from services.local.stores.postgres_schemas import Database
from services.local.stores.valkey import ValkeyCluster
from services.local.supervisor import Supervisor
from tests.e2e.collector import Collector
from tests.eventually import eventually

ADMIN = 1001
# For the evening in each language an admin who has not been here before.
EVENING_ADMINS = {"uz": 1002, "ru": 1003, "en": 1004}
# The organisers of the two evenings whose transcripts are kept.
SCRIPT_ADMINS = (1005, 1006)
ADMINS = ",".join(map(str, (ADMIN, *EVENING_ADMINS.values(), *SCRIPT_ADMINS)))
SECRET = "e2e-secret-for-the-webhook-0123456789"


@dataclass(frozen=True, slots=True, kw_only=True)
class City:
    """Everything that runs, and the ways in."""

    layout: Layout
    supervisor: Supervisor
    """Of the product's processes and the local Telegram; the stores have their own."""
    postgres: PostgresPair
    valkey: ValkeyCluster
    http: aiohttp.ClientSession
    logs: "os.PathLike[str]"

    def address(self, name: str) -> str:
        """A service's gRPC target."""
        return f"ipv4:{LOOPBACK}:{self._port(name, 'GRPC_PORT')}"

    def ops(self, name: str, path: str) -> str:
        """A page of a process's ops port."""
        return f"http://{LOOPBACK}:{self._port(name, 'OPS_PORT')}{path}"

    async def healed(self) -> None:
        """Returns when every process says that all it stands on is there: what a test that breaks
        something waits for before the next one begins."""
        await eventually(self._is_whole, seconds=60)

    async def _is_whole(self) -> bool:
        try:
            told = [await self._readiness(role.name) for role in self.layout.roles]
        except (aiohttp.ClientError, TimeoutError):
            return False
        return all(
            all((*is_so["required"].values(), *is_so["reported"].values())) for is_so in told
        )

    async def _readiness(self, name: str) -> Any:
        timeout = aiohttp.ClientTimeout(total=5)
        async with self.http.get(self.ops(name, "/readyz"), timeout=timeout) as response:
            return await response.json()

    def _port(self, name: str, variable: str) -> int:
        return next(role.ports[variable] for role in self.layout.roles if role.name == name)


@pytest_asyncio.fixture(scope="session")
async def spans() -> AsyncIterator[Collector]:
    """The collector that all processes export to."""
    async with Collector() as collector:
        yield collector


@pytest_asyncio.fixture(scope="session")
async def city(
    postgres: PostgresPair,
    valkey: ValkeyCluster,
    spans: Collector,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[City]:
    """The system, ready to be used."""
    options = {"ADMIN_TG_IDS": ADMINS, **spans.environment()}
    async with running_city(postgres, valkey, tmp_path_factory.mktemp("city"), options) as found:
        yield found


@asynccontextmanager
async def running_city(
    postgres: PostgresPair,
    valkey: ValkeyCluster,
    data: Path,
    options: Mapping[str, str],
    kind: type[Layout] = Layout,
    database: Database | None = None,
) -> AsyncIterator[City]:
    """The system over these stores with these options; yielded when all of it is ready. `database`:
    another than the usual one of this Postgres."""
    layout = kind(
        # People in tests are quicker than people are; what is too quick for Telegram is lost.
        environ={
            **os.environ,
            "SEND_RATE_MAX": "0",
            "SEND_CHAT_RATE_MAX": "0",
            "LOCAL_TELEGRAM_LIMITS": "off",
            **options,
        },
        database=database or postgres.database,
        redis_url=valkey.url,
        webhook_secret=SECRET,
        data=str(data),
        roles=on_ports(free_port),
        telegram_port=free_port(),
    )
    migrations = layout.migrations().values()
    await asyncio.gather(*(run(*command, env=env, timeout=60) for command, env in migrations))
    async with Supervisor(data / "logs") as supervisor, aiohttp.ClientSession() as http:
        # Together: the gateway is ready once Telegram has said who the bot is.
        await supervisor.start(*layout.services(), layout.telegram(), timeout=90)
        yield City(
            layout=layout,
            supervisor=supervisor,
            postgres=postgres,
            valkey=valkey,
            http=http,
            logs=data / "logs",
        )
