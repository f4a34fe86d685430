"""The whole system brought up in order, each step told as it is done: stores, schemas, the
product's processes, and Telegram. A part that does not get ready is told and kept trying."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from services.local.layout import Layout
from services.local.places import Places
from services.local.pools import pool_sizes
from services.local.ports import require_free
from services.local.process import Process
from services.local.roles import MIGRATIONS
from services.local.schemas import is_current
from services.local.secret import kept_secret
from services.local.stores.binaries import StoreFailed, run
from services.local.stores.postgres import PostgresPair
from services.local.stores.valkey import BUS_DISTANCE, ValkeyCluster
from services.local.supervisor import NotReady, Supervisor
from services.local.ward import Tell

FRONTS = ("gateway", "sessions-worker", "teams-worker")
"""Those who call the others."""


class System:
    """Everything that runs on this machine, as processes of one supervisor."""

    def __init__(
        self,
        data: Path,
        environ: Mapping[str, str],
        supervisor: Supervisor,
        *,
        say: Tell,
        places: Places,
        bot_token: str | None = None,
    ) -> None:
        self.postgres = PostgresPair(
            data / "postgres", supervisor, port=places.postgres, replica_port=places.replica
        )
        self.valkey = ValkeyCluster(data / "valkey", supervisor, ports=places.valkey)
        self.layout = Layout(
            environ=environ,
            database=self.postgres.database,
            redis_url=self.valkey.url,
            webhook_secret=kept_secret(data / "webhook_secret"),
            data=str(data),
            bot_token=bot_token,
            roles=places.roles,
            telegram_port=places.telegram,
        )
        self._supervisor = supervisor
        self._say = say

    async def start(self) -> None:
        """Returns when all of it is up. TooManyConnections, PortTaken, StoreFailed or NotReady when
        the stores cannot be had; without them nothing else is worth starting."""
        pool_sizes(self.layout.roles, self.layout.environ)
        await require_free(self._ports())
        await self._stores()
        await self._migrate()
        await self._processes()

    async def start_only(self, names: Collection[str]) -> None:
        """The stores, the schemas, and these of the services: what needs neither people nor
        Telegram. Raises as `start`, and NotReady for a service too."""
        await require_free(self._ports())
        await self._stores()
        await self._migrate()
        services = [process for process in self.layout.services() if process.name in names]
        await self._supervisor.start(*services, timeout=120)

    def where_to_go(self) -> str:
        """What a person does next."""
        if self.layout.bot_token is None:
            return f"open {self.layout.telegram_api_url}/"
        return f"write to your bot in Telegram ({self.layout.telegram_api_url} is polled)"

    async def _stores(self) -> None:
        self._say("starting the stores: Postgres primary and standby, Valkey cluster")
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self.postgres.start())
                tasks.create_task(self.valkey.start())
        except ExceptionGroup as faults:
            raise faults.exceptions[0] from None

    async def _migrate(self) -> None:
        """Those that are behind; to find that out costs less than to start what brings them up."""
        connection = await self.postgres.admin(self.postgres.database.name)
        try:
            behind = [one for one in MIGRATIONS if not await is_current(connection, one)]
        finally:
            await connection.close(timeout=5)
        if not behind:
            return
        self._say(f"bringing the schemas up to date: {', '.join(behind)}")
        made = self.layout.migrations()
        commands = {schema: made[schema] for schema in behind}
        await asyncio.gather(*(self._schema(name, *commands[name]) for name in commands))

    async def _schema(self, name: str, command: tuple[str, ...], env: Mapping[str, str]) -> None:
        """A schema that stays behind is told; its service says so too and does not get ready."""
        try:
            await run(*command, env=env, timeout=120)
        except (StoreFailed, TimeoutError) as fault:
            self._say(f"the schema {name} could not be brought up to date:\n{_last(str(fault))}")

    async def _processes(self) -> None:
        """All at once; they end in the reverse order of these groups, so that whoever brings work
        is gone before those who do it."""
        services = self.layout.services()
        fronts = [process for process in services if process.name in FRONTS]
        backs = [process for process in services if process.name not in FRONTS]
        self._say("starting the services")
        await asyncio.gather(*map(self._group, (backs, fronts, [self.layout.telegram()])))

    async def _group(self, processes: Sequence[Process]) -> None:
        try:
            await self._supervisor.start(*processes, timeout=120)
        except NotReady as fault:
            self._say(f"{fault}\n(it is tried on)")

    def _ports(self) -> dict[str, tuple[int, ...]]:
        buses = tuple(port + BUS_DISTANCE for port in self.valkey.ports)
        return {
            "postgres": (self.postgres.port, self.postgres.replica_port),
            "valkey": (*self.valkey.ports, *buses),
            **self.layout.ports,
        }


def _last(output: str, lines: int = 8) -> str:
    return "\n".join(output.splitlines()[-lines:])
