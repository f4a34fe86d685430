"""The stores of what is compared: every system has the same Postgres pair and the same cache server
with the same settings, from the same code."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from services.local.ports import free_port, free_valkey_ports
from services.local.process import LOOPBACK, Process
from services.local.stores.binaries import BARE_ENV, StoreFailed, run, valkey_bin
from services.local.stores.postgres import PostgresPair
from services.local.stores.valkey import CONFIG, ValkeyCluster
from services.local.supervisor import Supervisor


class Stores:
    """A durable primary with its standby, and a cache: a cluster of three, or a single node."""

    def __init__(self, folder: Path, *, cluster: bool) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        # Its own supervisor, since the processes' names are the same in every system.
        self._supervisor = Supervisor(folder / "logs")
        places = {"port": free_port(), "replica_port": free_port()}
        self.postgres = PostgresPair(folder / "postgres", self._supervisor, **places)
        self._ports = free_valkey_ports(3 if cluster else 1)
        self._cluster = cluster
        self.valkey = ValkeyCluster(folder / "valkey", self._supervisor, ports=self._ports)
        self._folder = folder

    async def start(self) -> None:
        """All of it, ready."""
        await self.postgres.start()
        if self._cluster:
            await self.valkey.start()
        else:
            await self._supervisor.start(self._single())

    async def stop(self) -> None:
        """The data stays in the folder."""
        await self._supervisor.stop_all()

    @property
    def redis_url(self) -> str:
        """One address to each node."""
        return self.valkey.url if self._cluster else f"redis://{LOOPBACK}:{self._ports[0]}/0"

    def pids(self) -> Mapping[str, int]:
        """By name."""
        names = ["postgres-primary", "postgres-standby"]
        names += [f"valkey-{n}" for n in range(1, len(self._ports) + 1)]
        found = {name: self._supervisor.pid(name) for name in names}
        return {name: pid for name, pid in found.items() if pid is not None}

    def _single(self) -> Process:
        port, folder = self._ports[0], self._folder / "valkey" / "1"
        alone = {key: value for key, value in CONFIG.items() if not key.startswith("cluster")}
        settings = (word for key, value in alone.items() for word in (f"--{key}", value))

        async def prepare() -> None:
            folder.mkdir(parents=True, exist_ok=True)

        async def ready() -> bool:
            try:
                ask = (valkey_bin("valkey-cli"), "-h", LOOPBACK, "-p", str(port), "PING")
                return "PONG" in await run(*ask)
            except StoreFailed:
                return False

        return Process(
            name="valkey-1",
            command=(
                *(valkey_bin("valkey-server"), "--port", str(port), "--dir", str(folder)),
                *settings,
            ),
            env=BARE_ENV,
            ports={"redis": port},
            ready=ready,
            before=prepare,
        )
