"""The whole system with everything that faults need: copies of each process, proxies before both
Postgres servers, a cache with replicas, a Telegram with moods.

A primary that was lost stays lost: the standby is promoted, and the services find it by
themselves, since their addresses name both.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp

from services.local.layout import LOCAL_BOT, Layout
from services.local.ports import free_port, free_valkey_ports
from services.local.process import LOOPBACK, Process
from services.local.roles import on_ports
from services.local.stores.binaries import run
from services.local.stores.postgres import DATABASE, PostgresPair
from services.local.stores.postgres_schemas import ROLES, role_password
from services.local.stores.postgres_server import SUPERUSER
from services.local.stores.sql import Connection, connect
from services.local.stores.valkey import ValkeyCluster
from services.local.supervisor import Supervisor
from services.local.ward import Backoff
from tests.e2e.collector import Collector
from tests.eventually import eventually
from tests.faults.processes import over_both, several
from tests.faults.proxy import Proxy
from tests.faults.seed import seed
from tests.faults.telegram import MoodyTelegram

SECRET = "a-webhook-secret-for-faults-0123456789"
OPTIONS = {
    # People here are quicker than people are, and Telegram's own limits are not the matter.
    "SEND_RATE_MAX": "0",
    "SEND_CHAT_RATE_MAX": "0",
    "WEBHOOK_MAX_CONNECTIONS": "100",
    "RATE_LIMIT_MAX": "300",
    "OTEL_TRACES_SAMPLER": "parentbased_traceidratio",
    "OTEL_TRACES_SAMPLER_ARG": "0.05",
}
CACHE_MASTERS = 3
ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"


class FollowingThroughProxy(PostgresPair):
    """A pair whose standby reaches its primary by another port, so that it may be cut off."""

    def __init__(
        self, root: Path, supervisor: Supervisor, *, port: int, replica_port: int, followed_at: int
    ) -> None:
        self._followed_at = followed_at
        super().__init__(root, supervisor, port=port, replica_port=replica_port, durable=False)

    def _conninfo(self) -> str:
        return super()._conninfo().replace(f"port={self.port} ", f"port={self._followed_at} ")


@dataclass(slots=True)
class Town:
    """Everything that runs, and the ways to hurt it."""

    supervisor: Supervisor
    stores: Supervisor
    postgres: PostgresPair
    valkey: ValkeyCluster
    telegram: MoodyTelegram
    primary: Proxy
    standby: Proxy
    replication: Proxy
    collector: Proxy
    http: aiohttp.ClientSession
    folder: Path
    processes: Sequence[Process] = ()
    traces: Collector | None = None
    promoted: bool = False
    frozen: set[int] = field(default_factory=set)
    bot: int = int(LOCAL_BOT.partition(":")[0])

    @property
    def doors(self) -> list[str]:
        """The gateways' webhooks."""
        ports = [p.ports["http"] for p in self.processes if p.name.startswith("gateway")]
        return [f"http://{LOOPBACK}:{port}/telegram/webhook" for port in ports]

    def named(self, role: str) -> list[str]:
        """The copies of a role."""
        names = [process.name for process in self.processes]
        return [name for name in names if name.rstrip("-0123456789") == role]

    def kill(self, name: str, what: signal.Signals = signal.SIGKILL) -> None:
        """The signal, to one process of the product or the stores. The supervisor brings back what
        ends of it."""
        keeper = self.stores if self.stores.pid(name) else self.supervisor
        pid = keeper.pid(name)
        if pid is None:
            return
        os.kill(pid, what)
        if what is signal.SIGSTOP:
            self.frozen.add(pid)

    def thaw(self) -> None:
        """Whoever was stopped goes on."""
        for pid in self.frozen:
            os.kill(pid, signal.SIGCONT)
        self.frozen.clear()

    async def promote(self) -> None:
        """The primary is gone for ever, without a farewell; the standby takes its place."""
        self.primary.refuse()
        await self.postgres.stop_primary()
        self.replication.heal()
        await self.postgres.promote_standby()
        self.promoted = True

    async def admin(self) -> Connection:
        """A superuser's connection to whichever server is the primary; the caller closes it."""
        port = self.postgres.replica_port if self.promoted else self.postgres.port
        return await connect(
            host=LOOPBACK,
            port=port,
            user=SUPERUSER,
            password=self.postgres.database.secret,
            database=DATABASE,
        )

    async def replicate(self, *, synchronously: bool) -> None:
        """Whether a commit waits until the standby has it."""
        names = "ANY 1 (standby)" if synchronously else ""
        admin = await self.admin()
        try:
            await admin.execute(f"ALTER SYSTEM SET synchronous_standby_names = '{names}'")
            await admin.execute("SELECT pg_reload_conf()")
        finally:
            await admin.close()

    async def heal(self) -> None:
        """Every proxy passes, nobody is stopped, Telegram is well; returns when all are ready."""
        self.thaw()
        self.telegram.mood = None
        for proxy in (self.standby, self.replication, self.collector):
            proxy.heal()
        if not self.promoted:
            self.primary.heal()
        waits = (self.supervisor.ready(process.name, timeout=90) for process in self.processes)
        await asyncio.gather(*waits)
        await eventually(self._is_whole, seconds=60, every=0.1)

    async def metrics(self) -> str:
        """What every process tells, one after the other."""
        return "\n".join(await asyncio.gather(*map(self._page, self.processes)))

    def secrets(self) -> Mapping[str, str]:
        """What must be nowhere, by what it is."""
        secret = self.postgres.database.secret
        passwords = {f"the password of {role}": role_password(secret, role) for role in ROLES}
        token = LOCAL_BOT.partition(":")[2]
        return {"the webhook's secret": SECRET, "the token": token, **passwords}

    def spans(self) -> str:
        """The traces that have arrived, in words."""
        return "\n".join(str(span) for _, span in self.traces.spans) if self.traces else ""

    def logs(self) -> Sequence[Path]:
        """Of the product's processes."""
        return sorted((self.folder / "logs").glob("*.log*"))

    async def _page(self, process: Process, path: str = "/metrics") -> str:
        url = f"http://{LOOPBACK}:{process.ports['ops']}{path}"
        async with self.http.get(url, timeout=aiohttp.ClientTimeout(total=10)) as response:
            return await response.text()

    async def _is_whole(self) -> bool:
        try:
            told = await asyncio.gather(*(self._page(p, "/readyz") for p in self.processes))
        except (aiohttp.ClientError, TimeoutError):
            return False
        return not any('"primary": false' in page or '"postgres": false' in page for page in told)


@asynccontextmanager
async def running_town(
    folder: Path, *, stages: int, options: Mapping[str, str] | None = None
) -> AsyncIterator[Town]:
    """Everything up, seeded for so many stages, replicating synchronously."""
    backoff = Backoff(first=0.2, last=1.0)
    telegram = MoodyTelegram()
    await telegram.listen()
    async with (
        Collector() as traces,
        Supervisor(folder / "stores") as stores,
        Supervisor(folder / "logs", backoff=backoff) as supervisor,
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http,
    ):
        collector = Proxy(urlsplit(traces.environment()[ENDPOINT]).port or 0)
        await collector.start()
        town = await _stores_of(folder, stores, supervisor, telegram, collector, http)
        proxies = (town.primary, town.standby, town.replication, collector)
        try:
            layout = _layout(town, options or {})
            for command, env in layout.migrations().values():
                await run(*command, env=env, timeout=120)
            await seed(town, stages)
            town.traces = traces
            town.processes = over_both(several(layout), layout.database)
            await supervisor.start(*town.processes, timeout=120)
            await town.heal()
            yield town
        finally:
            town.thaw()
            telegram.close()
            await supervisor.stop_all()
            await stores.stop_all()
            await asyncio.gather(*(proxy.stop() for proxy in proxies))


async def _stores_of(
    folder: Path,
    stores: Supervisor,
    supervisor: Supervisor,
    telegram: MoodyTelegram,
    collector: Proxy,
    http: aiohttp.ClientSession,
) -> Town:
    port, replica_port = free_port(), free_port()
    replication = Proxy(port)
    await replication.start()
    postgres = FollowingThroughProxy(
        folder / "postgres",
        stores,
        port=port,
        replica_port=replica_port,
        followed_at=replication.port,
    )
    valkey = ValkeyCluster(
        folder / "valkey", stores, ports=free_valkey_ports(2 * CACHE_MASTERS), replicas=1
    )
    await asyncio.gather(postgres.start(), valkey.start())
    primary, standby = Proxy(port), Proxy(replica_port)
    await asyncio.gather(primary.start(), standby.start())
    town = Town(
        supervisor=supervisor,
        stores=stores,
        postgres=postgres,
        valkey=valkey,
        telegram=telegram,
        primary=primary,
        standby=standby,
        replication=replication,
        collector=collector,
        http=http,
        folder=folder,
    )
    await town.replicate(synchronously=True)
    return town


def _layout(town: Town, options: Mapping[str, str]) -> Layout:
    environ = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return Layout(
        environ={
            **environ,
            **OPTIONS,
            ENDPOINT: f"http://{LOOPBACK}:{town.collector.port}",
            **options,
        },
        database=replace(
            town.postgres.database, port=town.primary.port, replica_port=town.standby.port
        ),
        redis_url=town.valkey.url,
        webhook_secret=SECRET,
        data=str(town.folder),
        roles=on_ports(free_port),
        telegram_port=town.telegram.port,
    )
