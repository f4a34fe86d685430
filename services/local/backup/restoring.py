"""A backup brought back into a folder that holds no system yet."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from services.local.backup.contents import count_rows
from services.local.backup.manifest import DUMP, TELEGRAM, BackupFailed, Manifest, read_manifest
from services.local.backup.programs import run_with_progress
from services.local.data_folder import only_one, prepare
from services.local.ports import free_port
from services.local.stores.binaries import own
from services.local.stores.postgres import DATABASE, PostgresPair
from services.local.supervisor import Supervisor

STORES = ("postgres", "valkey", TELEGRAM)


async def restore(source: Path, data: Path) -> Manifest:
    """What is in the backup `source` becomes the system over `data`, to be started by make run.
    Raises BackupFailed, and leaves nothing of it behind."""
    told = read_manifest(source)
    prepare(data)
    with only_one(data):
        if there := [name for name in STORES if (data / name).exists()]:
            raise BackupFailed(
                f"{data} holds a system already ({', '.join(there)}): nothing is overwritten;"
                " name another folder with DATA=, or move this one away"
            )
        try:
            await _bring_back(source, data, told)
        except BaseException:
            shutil.rmtree(data / "postgres", ignore_errors=True)
            raise
        if (source / TELEGRAM).exists():
            shutil.copyfile(source / TELEGRAM, data / TELEGRAM)
    return told


async def _bring_back(source: Path, data: Path, told: Manifest) -> None:
    async with Supervisor(data / "logs") as supervisor:
        pair = PostgresPair(data / "postgres", supervisor, port=free_port())
        await pair.start_primary()
        await pair.create_empty(DATABASE)
        # PostgreSQL's program runs as another user, who may not look into the backup's folder.
        readable = data / "postgres" / DUMP
        shutil.copyfile(source / DUMP, readable)
        own(readable)
        await run_with_progress(
            "pg_restore",
            *("--exit-on-error", "--single-transaction", "-d", DATABASE, str(readable)),
            port=pair.port,
            passfile=data / "postgres" / "pgpass",
            rows=told.rows,
        )
        readable.unlink()
        connection = await pair.admin(DATABASE)
        try:
            _compare(told.rows, await count_rows(connection))
        finally:
            await connection.close(timeout=5)


def _compare(expected: Mapping[str, int], found: Mapping[str, int]) -> None:
    different = [
        f"{table}: {found.get(table, 0)} of {rows}"
        for table, rows in expected.items()
        if found.get(table) != rows
    ]
    if different:
        raise BackupFailed(f"not every row came back: {', '.join(different)}")
