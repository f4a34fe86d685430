"""The pair comes back: from a good stop, from a crash, and from having lost its way."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from services.local.ports import free_port
from services.local.stores.postgres import PostgresPair
from services.local.stores.postgres_server import PostgresServer
from services.local.stores.sql import connect
from services.local.supervisor import Supervisor
from services.local.ward import spawn, until_ready


@pytest_asyncio.fixture
async def keeper(tmp_path: Path) -> AsyncIterator[Supervisor]:
    async with Supervisor(tmp_path / "logs") as supervisor:
        yield supervisor


@pytest.fixture
def pair(tmp_path: Path, keeper: Supervisor) -> PostgresPair:
    return PostgresPair(
        tmp_path / "postgres", keeper, port=free_port(), replica_port=free_port(), durable=False
    )


async def value(url: str, question: str) -> object:
    connection = await connect(url)
    try:
        return await connection.fetchval(question)
    finally:
        await connection.close()


async def test_a_second_start_finds_the_data_and_takes_under_a_few_seconds(
    pair: PostgresPair, tmp_path: Path
) -> None:
    async with pair:
        await value(pair.database.migrator_url("users"), "CREATE TABLE people AS SELECT 7 AS id")
    began = time.monotonic()
    async with pair:
        assert time.monotonic() - began < 10
        assert await value(pair.url("users"), "SELECT id FROM people") == 7
        await pair.catch_up()
        assert await value(pair.replica_url("users"), "SELECT id FROM people") == 7
    for secret in ("secret", "pgpass"):
        assert (tmp_path / "postgres" / secret).stat().st_mode & 0o077 == 0


async def test_killed_servers_are_brought_back_with_what_was_committed(
    pair: PostgresPair, keeper: Supervisor
) -> None:
    async with pair:
        await value(pair.database.migrator_url("users"), "CREATE TABLE people AS SELECT 7 AS id")
        for name in ("postgres-primary", "postgres-standby"):
            killed = keeper.pid(name)
            assert killed is not None
            os.kill(killed, signal.SIGKILL)
            await keeper.died(name)
            await keeper.ready(name)
            assert keeper.pid(name) != killed
        await pair.catch_up()
        assert await value(pair.replica_url("users"), "SELECT id FROM people") == 7


async def test_a_stale_lock_naming_another_program_does_not_hinder_the_start(
    pair: PostgresPair, tmp_path: Path
) -> None:
    async with pair:
        pass
    (tmp_path / "postgres" / "primary" / "postmaster.pid").write_text(f"{os.getpid()}\n")
    async with pair:
        assert await value(pair.url("users"), "SELECT 1") == 1


async def test_a_server_that_outlived_its_supervisor_is_ended_and_replaced(
    pair: PostgresPair, tmp_path: Path
) -> None:
    async with pair:
        await value(pair.database.migrator_url("users"), "CREATE TABLE people AS SELECT 7 AS id")
    root = tmp_path / "postgres"
    password = (root / "secret").read_text()
    process = PostgresServer("left", root / "primary", free_port(), password, {}).process()
    left = await spawn(process, tmp_path / "left.log")
    await until_ready(process)
    async with pair:
        assert await value(pair.url("users"), "SELECT id FROM people") == 7
    await left.wait()


async def test_the_primary_works_alone_and_the_standby_catches_up_later(pair: PostgresPair) -> None:
    async with pair:
        await pair.stop_standby()
        await value(pair.database.migrator_url("users"), "CREATE TABLE people AS SELECT 7 AS id")
        await pair.start_standby()
        await pair.catch_up()
        assert await value(pair.replica_url("users"), "SELECT id FROM people") == 7


async def test_the_standby_is_read_while_the_primary_is_gone(pair: PostgresPair) -> None:
    async with pair:
        await value(pair.database.migrator_url("users"), "CREATE TABLE people AS SELECT 7 AS id")
        await pair.catch_up()
        await pair.stop_primary()
        assert await value(pair.replica_url("users"), "SELECT id FROM people") == 7
        await pair.start_primary()
        await value(pair.url("users"), "INSERT INTO people VALUES (8)")
        await pair.catch_up()


async def test_a_standby_that_cannot_follow_any_more_is_rebuilt(pair: PostgresPair) -> None:
    async with pair:
        await pair.stop_standby()
        primary = await pair.admin()
        try:
            await primary.execute("SELECT pg_drop_replication_slot('standby')")
            await primary.execute("SELECT pg_switch_wal()")
        finally:
            await primary.close()
        await value(pair.database.migrator_url("users"), "CREATE TABLE people AS SELECT 7 AS id")
        await pair.start_standby()
        await pair.catch_up()
        assert await value(pair.replica_url("users"), "SELECT id FROM people") == 7
