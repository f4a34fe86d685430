"""One PostgreSQL server of the pair, primary or standby: its data folder, its command line and
what is to be seen to before it starts. How the two stand together is postgres.py's."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from services.local.process import LOOPBACK, Process
from services.local.stores.binaries import (
    BARE_ENV,
    StoreFailed,
    as_postgres_user,
    own,
    postgres_bin,
    run,
)
from services.local.stores.sql import NO_ANSWER, Connection, connect

SUPERUSER = "postgres"

MAX_CONNECTIONS = 200

CONFIG = {
    "listen_addresses": LOOPBACK,
    # Sockets in the data folder would meet the 107-byte limit of deep paths.
    "unix_socket_directories": "",
    "max_connections": str(MAX_CONNECTIONS),
    "shared_buffers": "64MB",
    "max_wal_size": "512MB",
    # A standby away for longer than this is rebuilt instead of filling the disk.
    "max_slot_wal_keep_size": "1GB",
    "io_method": "sync",
    "wal_retrieve_retry_interval": "200ms",
    "hot_standby_feedback": "on",
    # The passwords are 256 random bits, so hardening them costs time at each connection only.
    "scram_iterations": "1",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
}

NOT_DURABLE = {"fsync": "off", "full_page_writes": "off"}
"""For tests: a crash of the machine may lose everything, a crash of Postgres nothing."""


class PostgresServer:
    """A data folder and the process that serves it. The folder appears whole or not at all."""

    def __init__(
        self, name: str, data: Path, port: int, password: str, config: Mapping[str, str]
    ) -> None:
        self.name = name
        self.data = data
        self.port = port
        self._password = password
        self._config = {**CONFIG, **config, "port": str(port)}
        self._sync = ("--no-sync",) if self._config.get("fsync") == "off" else ()

    def process(self, before: Callable[[], Awaitable[None]] | None = None) -> Process:
        """What the supervisor runs. `before` is done ahead of the server's own preparations."""

        async def prepare() -> None:
            if before is not None:
                await before()
            await self._remove_stale_lock()

        settings = (f"--{key}={value}" for key, value in self._config.items())
        return Process(
            name=self.name,
            command=(
                *as_postgres_user(),
                postgres_bin("postgres"),
                "-D",
                str(self.data),
                *settings,
            ),
            env=BARE_ENV,
            ports={"sql": self.port},
            ready=self.is_ready,
            before=prepare,
            stop_signal=signal.SIGINT,
            orphan_signal=signal.SIGQUIT,
        )

    async def init(self) -> None:
        """Makes the data folder of a new, empty cluster, unless it is there."""
        if self.data.exists():
            return
        words = self._fresh("initdb.password")
        words.write_text(self._password)
        own(words)
        made = self._fresh(f"{self.data.name}.new")
        await run(
            *(*as_postgres_user(), postgres_bin("initdb"), "-D", str(made), "-U", SUPERUSER),
            *("--auth=scram-sha-256", f"--pwfile={words}", "--encoding=UTF8"),
            *self._sync,
            *("--locale-provider=builtin", "--locale=C", "--builtin-locale=C.UTF-8"),
        )
        words.unlink()
        made.rename(self.data)

    async def copy_of(self, conninfo: str, slot: str) -> None:
        """Makes the data folder anew as a standby of the server at `conninfo`."""
        made = self._fresh(f"{self.data.name}.new")
        await run(
            *(*as_postgres_user(), postgres_bin("pg_basebackup"), "-D", str(made), "-d", conninfo),
            *("-X", "stream", "-c", "fast", "-S", slot, "--no-password"),
            *self._sync,
        )
        (made / "standby.signal").touch()
        own(made / "standby.signal")
        shutil.rmtree(self.data, ignore_errors=True)
        made.rename(self.data)

    async def system_identifier(self) -> str | None:
        """Which cluster the folder belongs to; None when there is no usable folder."""
        try:
            control = await run(*as_postgres_user(), postgres_bin("pg_controldata"), str(self.data))
        except StoreFailed:
            return None
        lines = (line.partition(":") for line in control.splitlines())
        return next((v.strip() for k, _, v in lines if k == "Database system identifier"), None)

    async def connect(self, database: str = SUPERUSER) -> Connection:
        """A superuser's connection; the caller closes it. Raises one of NO_ANSWER."""
        return await connect(
            host=LOOPBACK,
            port=self.port,
            user=SUPERUSER,
            password=self._password,
            database=database,
        )

    async def is_ready(self) -> bool:
        """Does it take connections and answer?"""
        try:
            connection = await self.connect()
        except NO_ANSWER:
            return False
        await connection.close()
        return True

    def _fresh(self, name: str) -> Path:
        path = self.data.parent / name
        shutil.rmtree(path, ignore_errors=True)
        path.unlink(missing_ok=True)
        return path

    async def _remove_stale_lock(self) -> None:
        """After a crash postmaster.pid names a process that is gone, or by now another program's:
        Postgres would refuse to start. One of ours that outlived its supervisor is ended."""
        lock = self.data / "postmaster.pid"
        try:
            pid = int(lock.read_text().split("\n", 1)[0])
        except (FileNotFoundError, ValueError):
            return
        if str(self.data) in await _command_of(pid):
            await _end_orphan(pid)
        lock.unlink(missing_ok=True)


async def _command_of(pid: int) -> str:
    """The command line of a process; empty when there is none."""
    return _told_by_kernel(pid) if sys.platform == "linux" else await _told_by_ps(pid)


def _told_by_kernel(pid: int) -> str:
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return ""
    return words.replace(b"\0", b" ").decode(errors="replace")


async def _told_by_ps(pid: int) -> str:
    try:
        return await run("ps", "-ww", "-p", str(pid), "-o", "command=")
    except StoreFailed:
        return ""


async def _end_orphan(pid: int) -> None:
    os.kill(pid, signal.SIGQUIT)
    for _ in range(100):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        await asyncio.sleep(0.05)
    raise StoreFailed(f"process {pid} still serves the data folder and does not end")
