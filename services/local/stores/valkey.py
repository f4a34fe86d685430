"""A Valkey cluster on loopback, from a wheel: a cache, so no data is kept, but the nodes' places
in the cluster are, and a restarted node takes its own again.

The nodes are processes of a supervisor, which brings them back when they die.
"""

from __future__ import annotations

import asyncio
import shutil
import signal
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from services.local.process import LOOPBACK, Process
from services.local.stores.binaries import BARE_ENV, StoreFailed, run, valkey_bin
from services.local.supervisor import NotReady, Supervisor

PORTS = (17001, 17002, 17003)
"""Fixed, since the cluster remembers them, and under 22000: the bus port is 10,000 higher and has
to stay below the range that the kernel hands out."""

BUS_DISTANCE = 10_000
"""From a node's port to the one on which the nodes talk to each other."""

CONFIG = {
    "bind": LOOPBACK,
    "cluster-enabled": "yes",
    "cluster-node-timeout": "1500",
    # Who lost a third of the cache still has the other two.
    "cluster-require-full-coverage": "no",
    "maxmemory": "64mb",
    "maxmemory-policy": "allkeys-lru",
    "save": "",
    "appendonly": "no",
    # A replica that has not synced yet is never promoted, so it should not wait with that.
    "repl-diskless-sync-delay": "0",
}


class ValkeyCluster:
    """Masters, each with `replicas` copies, over one folder and fixed ports."""

    def __init__(
        self,
        root: Path,
        supervisor: Supervisor,
        *,
        ports: Sequence[int] = PORTS,
        replicas: int = 0,
        name: str = "valkey",
    ) -> None:
        self.ports = tuple(ports)
        self._root = root.absolute()
        self._supervisor = supervisor
        self._replicas = replicas
        self._prefix = name

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()

    @property
    def url(self) -> str:
        """All nodes as seeds: `redis://127.0.0.1:p1,127.0.0.1:p2,…`."""
        return "redis://" + ",".join(f"{LOOPBACK}:{port}" for port in self.ports)

    async def start(self) -> None:
        """All nodes up and the cluster serving. A remembered cluster that does not come together
        is thrown away and formed anew: there is nothing in it that could be missed."""
        try:
            await self._start_nodes(timeout=5)
            await self._form()
        except (NotReady, StoreFailed, TimeoutError):
            await self.stop()
            shutil.rmtree(self._root)
            await self._start_nodes(timeout=30)
            await self._form()

    async def stop(self) -> None:
        """All nodes down; the data is gone, the cluster's shape is kept."""
        await asyncio.gather(*map(self.stop_node, range(len(self.ports))))

    async def start_node(self, number: int) -> None:
        """One node back; returns when it answers and the cluster counts on it."""
        await self._supervisor.start(self._node(number))
        await self._serving([self.ports[number]])

    async def stop_node(self, number: int, with_signal: signal.Signals = signal.SIGKILL) -> None:
        """One node goes and stays down."""
        await self._supervisor.stop(self._name(number), with_signal)

    async def empty(self) -> None:
        """Throws away everything in it."""
        for port in self.ports:
            if "master" in await self._ask(port, "ROLE"):
                await self._ask(port, "FLUSHALL")

    async def _start_nodes(self, *, timeout: float) -> None:
        nodes = map(self._node, range(len(self.ports)))
        await self._supervisor.start(*nodes, timeout=timeout)

    async def _form(self) -> None:
        known = await self._ask(self.ports[0], "CLUSTER", "INFO")
        if "cluster_slots_assigned:16384" not in known:
            seeds = (f"{LOOPBACK}:{port}" for port in self.ports)
            await run(
                *(valkey_bin("valkey-cli"), "--cluster", "create", *seeds),
                *("--cluster-replicas", str(self._replicas), "--cluster-yes"),
            )
        await self._serving(self.ports)

    async def _serving(self, ports: Sequence[int], *, timeout: float = 15.0) -> None:
        end = time.monotonic() + timeout
        for port in ports:
            while not await self._is_serving(port):
                if time.monotonic() > end:
                    raise TimeoutError(f"the cluster did not come together in {timeout:.0f} s")
                await asyncio.sleep(0.05)

    async def _is_serving(self, port: int) -> bool:
        """Does this node see every slot served, and, if it is a replica, has it synced?"""
        try:
            cluster = await self._ask(port, "CLUSTER", "INFO")
            replication = await self._ask(port, "INFO", "replication")
        except StoreFailed:
            return False
        served = "cluster_state:ok" in cluster and "cluster_slots_ok:16384" in cluster
        return served and "master_link_status:down" not in replication

    async def _ask(self, port: int, *command: str) -> str:
        return await run(valkey_bin("valkey-cli"), "-h", LOOPBACK, "-p", str(port), *command)

    def _name(self, number: int) -> str:
        return f"{self._prefix}-{number + 1}"

    def _node(self, number: int) -> Process:
        port, folder = self.ports[number], self._root / str(number + 1)
        settings = (word for key, value in CONFIG.items() for word in (f"--{key}", value))

        async def prepare() -> None:
            folder.mkdir(parents=True, exist_ok=True)

        async def ready() -> bool:
            try:
                return "PONG" in await self._ask(port, "PING")
            except StoreFailed:
                return False

        return Process(
            name=self._name(number),
            command=(
                *(valkey_bin("valkey-server"), "--port", str(port), "--dir", str(folder)),
                *settings,
            ),
            env=BARE_ENV,
            ports={"redis": port, "bus": port + BUS_DISTANCE},
            ready=ready,
            before=prepare,
            patience=3.0,
        )
