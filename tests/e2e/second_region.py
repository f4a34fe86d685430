"""A second set of services over the same primary: with a standby and a cache of its own, and 80 ms
away from everything that is written."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from services.local.ports import free_port, free_valkey_ports
from services.local.process import LOOPBACK
from services.local.roles import on_ports
from services.local.secret import write_private
from services.local.stores.binaries import own
from services.local.stores.postgres_server import NOT_DURABLE, SUPERUSER, PostgresServer
from services.local.stores.sql import Connection
from services.local.stores.valkey import ValkeyCluster
from services.local.supervisor import Supervisor
from tests.e2e.city import City
from tests.e2e.far_away import far_away
from tests.eventually import eventually

ROUND_TRIP = 0.08
SLOT = "region"


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """The second set as a city of its own, and its standby."""

    city: City
    standby: PostgresServer

    async def statements(self) -> list[str]:
        """What each of the services' connections to the standby has asked last."""
        async with _to(self.standby) as connection:
            rows = await connection.fetch(
                "SELECT query FROM pg_stat_activity WHERE datname = $1"
                " AND backend_type = 'client backend' AND pid <> pg_backend_pid()",
                self.city.postgres.database.name,
            )
        return [row["query"] for row in rows]

    async def pause_replay(self) -> None:
        """The standby shows nothing new until `resume_replay`."""
        async with _to(self.standby) as connection:
            await connection.execute("SELECT pg_wal_replay_pause()")

            async def is_paused() -> bool:
                state = "SELECT pg_get_wal_replay_pause_state() = 'paused'"
                return bool(await connection.fetchval(state))

            await eventually(is_paused)

    async def resume_replay(self) -> None:
        """It goes on."""
        async with _to(self.standby) as connection:
            await connection.execute("SELECT pg_wal_replay_resume()")

    async def caught_up(self) -> None:
        """Returns when the standby shows all that is on the primary now."""
        primary = await self.city.postgres.admin()
        try:
            await primary.execute("SELECT pg_logical_emit_message(false, '', '', true)")
            end = await primary.fetchval("SELECT pg_current_wal_flush_lsn()::text")
        finally:
            await primary.close(timeout=5)
        async with _to(self.standby) as connection:

            async def has_it() -> bool:
                position = f"SELECT pg_last_wal_replay_lsn() >= '{end}'::pg_lsn"
                return bool(await connection.fetchval(position))

            await eventually(has_it, seconds=30)


@asynccontextmanager
async def second_region(city: City, data: Path) -> AsyncIterator[Region]:
    """Running beside `city`, whose primary, local Telegram and people it shares."""
    async with (
        Supervisor(data / "logs") as supervisor,
        ValkeyCluster(data / "valkey", supervisor, ports=free_valkey_ports(3)) as valkey,
        _second_standby(city, data, supervisor) as standby,
        far_away(city.postgres.port, ROUND_TRIP) as primary,
    ):
        database = replace(city.postgres.database, port=primary, replica_port=standby.port)
        layout = replace(
            city.layout, database=database, redis_url=valkey.url, roles=on_ports(free_port)
        )
        await supervisor.start(*layout.services(), timeout=120)
        second = replace(city, layout=layout, supervisor=supervisor, valkey=valkey)
        yield Region(city=second, standby=standby)


@asynccontextmanager
async def _second_standby(
    city: City, data: Path, supervisor: Supervisor
) -> AsyncIterator[PostgresServer]:
    """Another standby of the city's primary, under a slot that goes with it."""
    folder, secret = data / "standby", city.postgres.database.secret
    folder.mkdir(mode=0o700)
    own(folder)
    write_private(folder / "pgpass", f"*:*:*:*:{secret}\n")
    own(folder / "pgpass")
    conninfo = (
        f"host={LOOPBACK} port={city.postgres.port} user={SUPERUSER} sslmode=disable"
        f" application_name={SLOT} passfile='{folder / 'pgpass'}'"
    )
    config = {**NOT_DURABLE, "primary_conninfo": conninfo, "primary_slot_name": SLOT}
    server = PostgresServer("postgres-region", folder / "data", free_port(), secret, config)
    primary = await city.postgres.admin()
    try:
        await primary.fetchval(f"SELECT pg_create_physical_replication_slot('{SLOT}', true)")
        await server.copy_of(conninfo, SLOT)
        await supervisor.start(server.process())
        yield server
        await supervisor.stop(server.name)

        async def is_free() -> bool:
            question = "SELECT active FROM pg_replication_slots WHERE slot_name = $1"
            return not await primary.fetchval(question, SLOT)

        await eventually(is_free)
        await primary.fetchval(f"SELECT pg_drop_replication_slot('{SLOT}')")
    finally:
        await primary.close(timeout=5)


@asynccontextmanager
async def _to(server: PostgresServer) -> AsyncIterator[Connection]:
    connection = await server.connect()
    try:
        yield connection
    finally:
        await connection.close(timeout=5)
