"""A backup of a system that may go on running: one moment of all its schemas, and the local
Telegram's chats. The cache is not in it: nothing is kept there alone."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime
from pathlib import Path

from services.local.backup.contents import count_rows
from services.local.backup.manifest import DUMP, TELEGRAM, BackupFailed, Manifest, sum_of
from services.local.backup.programs import run_with_progress
from services.local.data_folder import only_one
from services.local.ports import free_port
from services.local.stores.postgres import DATABASE, PostgresPair
from services.local.stores.sql import Connection
from services.local.supervisor import Supervisor


async def back_up(data: Path, target: Path) -> Manifest:
    """All of the system over `data` into the new folder `target`. Raises BackupFailed, and leaves
    no half of a backup behind."""
    _check(data, target)
    unfinished = target.with_name(target.name + ".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True, mode=0o700)
    try:
        async with _served(data) as pair:
            rows = await dump(pair, data / "postgres" / "pgpass", unfinished)
        _copy_chats(data / TELEGRAM, unfinished / TELEGRAM)
        told = Manifest(
            made_at=datetime.now(UTC).isoformat(timespec="seconds"),
            rows=rows,
            sums={path.name: sum_of(path) for path in sorted(unfinished.iterdir())},
        )
        told.write(unfinished)
        unfinished.rename(target)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return told


def _check(data: Path, target: Path) -> None:
    if not (data / "postgres" / "primary").is_dir():
        raise BackupFailed(f"{data} holds no system: there is nothing to back up")
    if target.exists():
        raise BackupFailed(f"{target} exists already; name a new folder with TO=")


async def dump(pair: PostgresPair, passfile: Path, folder: Path) -> dict[str, int]:
    """The database into `folder`; the rows of each table at the very moment that is dumped."""
    connection = await pair.admin(DATABASE)
    try:
        await connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        moment = await connection.fetchval("SELECT pg_export_snapshot()")
        rows = dict(await count_rows(connection))
        made = folder / DUMP
        await run_with_progress(
            "pg_dump",
            *("--format=custom", f"--snapshot={moment}", "-f", str(made), DATABASE),
            port=pair.port,
            passfile=passfile,
            rows=rows,
        )
    finally:
        await connection.close(timeout=5)
    if os.geteuid() == 0:
        os.chown(made, 0, 0)
    made.chmod(0o600)
    return rows


@asynccontextmanager
async def _served(data: Path) -> AsyncIterator[PostgresPair]:
    """The running system's Postgres, or one that is started for this alone."""
    async with Supervisor(data / "logs") as supervisor:
        if port := await _running_at(data):
            yield PostgresPair(data / "postgres", supervisor, port=port)
            return
        with only_one(data):
            pair = PostgresPair(data / "postgres", supervisor, port=free_port())
            await pair.start_primary()
            yield pair


async def _running_at(data: Path) -> int | None:
    """The port of the primary, which Postgres writes into its lock file, if it answers there."""
    try:
        lines = (data / "postgres" / "primary" / "postmaster.pid").read_text().splitlines()
        port = int(lines[3])
    except (FileNotFoundError, IndexError, ValueError):
        return None
    connection: Connection | None = None
    async with Supervisor(data / "logs") as nobody:
        try:
            connection = await PostgresPair(data / "postgres", nobody, port=port).admin()
        except OSError:
            return None
    await connection.close(timeout=5)
    return port


def _copy_chats(chats: Path, target: Path) -> None:
    """As of one moment, while the local Telegram may be writing."""
    if chats.exists():
        with closing(sqlite3.connect(chats)) as there, closing(sqlite3.connect(target)) as here:
            there.backup(here)
