"""Write transactions in the driver's own words: they are as the others."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest
import pytest_asyncio

from services.chassis import consistency
from services.chassis.consistency import Position
from services.chassis.db import Database
from services.chassis.db_plain import NotCommitted
from services.chassis.driver_sql import fetch
from services.chassis.store_errors import StoreBusy
from services.local.stores.postgres import PostgresPair
from tests.chassis.store import opened

WRITE = "INSERT INTO notes (text) VALUES ($1::text)"
LOCK = "SELECT FROM notes WHERE text = 'locked' FOR UPDATE"


@pytest_asyncio.fixture(scope="module")
async def database(postgres: PostgresPair) -> AsyncIterator[Database]:
    async with opened(postgres, "chassis_db_plain") as database:
        yield database


async def write(database: Database, note: str, first: str = "SELECT 1") -> None:
    async with database.write_plainly(first) as transaction:
        await fetch(transaction, WRITE, note)


async def count(database: Database, note: str) -> int:
    async with database.read_primary() as transaction:
        return len(await fetch(transaction, "SELECT FROM notes WHERE text = $1::text", note))


async def test_it_commits_on_leaving_and_tells_its_position(database: Database) -> None:
    heard: list[Position] = []

    async def hear(position: Position) -> None:
        heard.append(position)

    with consistency.serving(asked=0) as served:
        async with database.write_plainly("SELECT 1") as transaction:
            await fetch(transaction, WRITE, "commits")
            transaction.after_commit(hear)
    assert heard == [served.written] != [0]
    assert await count(database, "commits") == 1


async def test_an_error_leaves_nothing_behind_and_the_connection_whole(database: Database) -> None:
    for error in (ZeroDivisionError, asyncio.CancelledError):
        with pytest.raises(error):
            async with database.write_plainly("SELECT 1") as transaction:
                await fetch(transaction, WRITE, "undone")
                raise error
    assert await count(database, "undone") == 0
    await write(database, "after errors")
    assert await count(database, "after errors") == 1


async def test_a_failed_statement_that_is_passed_over_is_no_commit(database: Database) -> None:
    with pytest.raises(NotCommitted):
        async with database.write_plainly("SELECT 1") as transaction:
            await fetch(transaction, WRITE, "passed over")
            with pytest.raises(asyncpg.UniqueViolationError):
                await fetch(transaction, WRITE, "passed over")
    assert await count(database, "passed over") == 0


async def test_who_waits_too_long_at_the_beginning_is_told_that_it_is_busy(
    database: Database,
) -> None:
    await write(database, "locked")
    async with database.write_plainly(LOCK):
        with pytest.raises(StoreBusy):
            await write(database, "too late", LOCK)
    await write(database, "in time", LOCK)
    assert await count(database, "too late") == 0
    assert await count(database, "in time") == 1


async def test_a_lost_connection_is_not_lent_again(database: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        async with database.write_plainly("SELECT 1") as transaction:
            await (await transaction.driver_connection()).close()
            raise ZeroDivisionError
    await write(database, "on another")
    assert await count(database, "on another") == 1
