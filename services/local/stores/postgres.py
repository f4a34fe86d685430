"""A PostgreSQL 18 primary with an asynchronous hot standby, on loopback, from a wheel.

Asynchronous here, so that the standby's loss stops nobody. The servers are processes of a
supervisor, which brings them back when they die; this decides what they are and how they follow
each other.
"""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from services.local.process import LOOPBACK
from services.local.secret import kept_secret, write_private
from services.local.stores.binaries import own
from services.local.stores.postgres_schemas import (
    Database,
    create_roles,
    create_schemas,
)
from services.local.stores.postgres_server import (
    NOT_DURABLE,
    SUPERUSER,
    PostgresServer,
)
from services.local.stores.sql import NO_ANSWER, Connection
from services.local.supervisor import Supervisor

DATABASE = "fotbot"
SLOT = "standby"


class PostgresPair:
    """The pair over one folder; starting it again finds the data of the time before."""

    def __init__(
        self,
        root: Path,
        supervisor: Supervisor,
        *,
        port: int = 54320,
        replica_port: int = 54321,
        durable: bool = True,
    ) -> None:
        self.port = port
        self.replica_port = replica_port
        self._root = root.absolute()
        self._supervisor = supervisor
        self._secret = _kept_secret(self._root)
        config = {} if durable else NOT_DURABLE
        follow = {"primary_conninfo": self._conninfo(), "primary_slot_name": SLOT}
        self._primary = self._server("primary", port, config)
        self._standby = self._server("standby", replica_port, {**config, **follow})

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

    async def start(self) -> None:
        """Both up, the database `fotbot` with its roles and schemas there, the standby following.
        NotReady or StoreFailed when that cannot be had."""
        await self.start_primary()
        async with self._on(self._primary) as connection:
            await create_roles(connection, self._secret)
        await self.create_database(DATABASE)
        await self.start_standby()

    async def stop(self) -> None:
        """Both down in good order; nothing is lost."""
        await self.stop_standby(signal.SIGINT)
        await self.stop_primary(signal.SIGINT)

    async def start_primary(self) -> None:
        """The primary alone; returns when it takes connections."""
        await self._primary.init()
        await self._supervisor.start(self._primary.process())

    async def stop_primary(self, with_signal: signal.Signals = signal.SIGQUIT) -> None:
        """At once and without a farewell to its clients, as a crash would (and it stays down)."""
        await self._supervisor.stop(self._primary.name, with_signal)

    async def start_standby(self) -> None:
        """The standby alone, rebuilt first if it cannot follow; returns when it can be read."""
        await self._supervisor.start(self._standby.process(self._make_standby_follow))

    async def stop_standby(self, with_signal: signal.Signals = signal.SIGQUIT) -> None:
        """The standby goes and stays down; the primary takes no notice."""
        await self._supervisor.stop(self._standby.name, with_signal)

    @property
    def database(self) -> Database:
        """The one called `fotbot`."""
        return self._database(DATABASE)

    def url(self, role: str) -> str:
        """Where `role` writes: `postgresql+asyncpg://…` on the primary."""
        return self.database.url(role)

    def replica_url(self, role: str) -> str:
        """Where `role` reads: the standby's address."""
        return self.database.replica_url(role)

    async def create_database(self, name: str) -> Database:
        """A database with the services' schemas, made unless it is there; the standby, if it
        runs, has it when this returns."""
        async with self._on(self._primary) as connection:
            if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", name):
                await connection.execute(f'CREATE DATABASE "{name}"')
        async with self._on(self._primary, name) as connection:
            await create_schemas(connection, name)
        if self._supervisor.pid(self._standby.name) is not None:
            await self.catch_up()
        return self._database(name)

    async def create_empty(self, name: str) -> None:
        """The roles, and a new database without any schema of theirs: for what is restored."""
        async with self._on(self._primary) as connection:
            await create_roles(connection, self._secret)
            await connection.execute(f'CREATE DATABASE "{name}"')

    async def pause_replay(self) -> None:
        """The standby receives and shows nothing new, until resumed or restarted."""
        async with self._on(self._standby) as connection:
            await connection.execute("SELECT pg_wal_replay_pause()")
            await _until(connection, "SELECT pg_get_wal_replay_pause_state() = 'paused'")

    async def resume_replay(self) -> None:
        """The standby shows what the primary has again; returns when it has caught up."""
        async with self._on(self._standby) as connection:
            await connection.execute("SELECT pg_wal_replay_resume()")
        await self.catch_up()

    async def catch_up(self) -> None:
        """Returns when the standby shows all that is on the primary now."""
        async with self._on(self._primary) as connection:
            # The insert position may point into a page header, which is never replayed as such;
            # an empty record puts an end to it that will be.
            await connection.execute("SELECT pg_logical_emit_message(false, '', '', true)")
            end = await connection.fetchval("SELECT pg_current_wal_flush_lsn()::text")
        async with self._on(self._standby) as connection:
            await _until(connection, f"SELECT pg_last_wal_replay_lsn() >= '{end}'::pg_lsn")

    async def promote_standby(self) -> None:
        """The standby takes writes from now on, and follows nobody; returns when it does."""
        async with self._on(self._standby) as connection:
            await connection.fetchval("SELECT pg_promote()")

    async def admin(self, database: str = SUPERUSER) -> Connection:
        """A superuser's connection to the primary, for what a test or a tool has to see to; the
        caller closes it."""
        return await self._primary.connect(database)

    async def queries_on_standby(self, database: str = DATABASE) -> list[str]:
        """The last statement of each client connected to `database` on the standby."""
        async with self._on(self._standby) as connection:
            rows = await connection.fetch(
                "SELECT query FROM pg_stat_activity WHERE datname = $1"
                " AND backend_type = 'client backend' AND pid <> pg_backend_pid()",
                database,
            )
        return [row["query"] for row in rows]

    async def _make_standby_follow(self) -> None:
        """Rebuilds the standby's folder when it is missing, of another primary, or so far behind
        that the WAL it needs is gone. With the primary down the folder is left as it is."""
        ours = await self._standby.system_identifier()
        try:
            async with self._on(self._primary) as connection:
                if await _slot_serves(connection) and ours == await _identifier(connection):
                    return
                await _renew_slot(connection)
        except NO_ANSWER:
            if ours is not None:
                return
            raise
        await self._standby.copy_of(self._conninfo(), SLOT)

    def _database(self, name: str) -> Database:
        return Database(
            name=name, secret=self._secret, port=self.port, replica_port=self.replica_port
        )

    def _server(self, kind: str, port: int, config: dict[str, str]) -> PostgresServer:
        return PostgresServer(f"postgres-{kind}", self._root / kind, port, self._secret, config)

    def _conninfo(self) -> str:
        """How the standby reaches the primary. The password is in a file: command lines are seen
        by everybody on the machine."""
        return (
            f"host={LOOPBACK} port={self.port} user={SUPERUSER} sslmode=disable"
            f" application_name={SLOT} passfile='{self._root / 'pgpass'}'"
        )

    @asynccontextmanager
    async def _on(
        self, server: PostgresServer, database: str = SUPERUSER
    ) -> AsyncIterator[Connection]:
        connection = await server.connect(database)
        try:
            yield connection
        finally:
            await connection.close(timeout=5)


def _kept_secret(root: Path) -> str:
    """The pair's one secret, made at the first start, also in the form libpq reads."""
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    own(root)
    secret = kept_secret(root / "secret")
    write_private(root / "pgpass", f"*:*:*:*:{secret}\n")
    own(root / "pgpass")
    return secret


async def _slot_serves(connection: Connection) -> bool:
    status = await connection.fetchval(
        "SELECT wal_status FROM pg_replication_slots WHERE slot_name = $1", SLOT
    )
    return status not in (None, "lost")


async def _renew_slot(connection: Connection) -> None:
    if await connection.fetchval("SELECT 1 FROM pg_replication_slots WHERE slot_name = $1", SLOT):
        await connection.execute(f"SELECT pg_drop_replication_slot('{SLOT}')")
    await connection.execute(f"SELECT pg_create_physical_replication_slot('{SLOT}', true)")


async def _identifier(connection: Connection) -> str:
    return str(await connection.fetchval("SELECT system_identifier FROM pg_control_system()"))


async def _until(connection: Connection, question: str, *, timeout: float = 30.0) -> None:
    end = time.monotonic() + timeout
    while not await connection.fetchval(question):
        if time.monotonic() > end:
            raise TimeoutError(f"not within {timeout:.0f} s: {question}")
        await asyncio.sleep(0.01)
