"""Transactions: what commits, what does not, and which server a read is answered by."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
import pytest_asyncio
from sqlalchemy import insert, select, text

from services.chassis import consistency
from services.chassis.db import Database, ReadTransaction
from services.chassis.store_errors import StoreBusy, StoreUnavailable
from services.local.stores.postgres import PostgresPair
from tests.chassis.store import NOTES, opened
from tests.eventually import eventually


@pytest_asyncio.fixture(scope="module")
async def database(postgres: PostgresPair) -> AsyncIterator[Database]:
    async with opened(postgres, "chassis_db") as database:
        yield database


async def write_note(database: Database, note: str) -> int:
    """Write one note; the position that the caller is told."""
    with consistency.serving(asked=0) as served:
        async with database.write() as transaction:
            await transaction.execute(insert(NOTES).values(text=note))
        return served.written


async def notes(transaction: ReadTransaction) -> list[str]:
    return list((await transaction.execute(select(NOTES.c.text))).scalars())


async def is_standby(transaction: ReadTransaction) -> bool:
    return bool((await transaction.execute(text("SELECT pg_is_in_recovery()"))).scalar())


async def test_a_write_commits_on_leaving(database: Database) -> None:
    await write_note(database, "commits")
    async with database.read_primary() as transaction:
        assert "commits" in await notes(transaction)


async def test_an_error_leaves_nothing_behind(database: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        async with database.write() as transaction:
            await transaction.execute(insert(NOTES).values(text="undone"))
            raise ZeroDivisionError
    async with database.read_primary() as transaction:
        assert "undone" not in await notes(transaction)


async def test_a_connection_lost_on_the_way_and_passed_over_is_no_commit(
    database: Database,
) -> None:
    with pytest.raises(StoreUnavailable):
        async with database.write() as transaction:
            await transaction.execute(insert(NOTES).values(text="lost on the way"))
            with suppress(StoreUnavailable):
                await transaction.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
    async with database.read_primary() as reading:
        assert "lost on the way" not in await notes(reading)


async def reads_standby(database: Database) -> bool:
    async with database.read() as transaction:
        return await is_standby(transaction)


async def test_reads_are_answered_by_the_standby(database: Database) -> None:
    await eventually(lambda: reads_standby(database))


async def test_with_replay_paused_a_writer_reads_his_own_write_and_others_the_standby(
    database: Database, postgres: PostgresPair
) -> None:
    await eventually(lambda: reads_standby(database))
    await postgres.pause_replay()
    try:
        position = await write_note(database, "own write")
        with consistency.serving(asked=position):
            async with database.read() as transaction:
                assert "own write" in await notes(transaction)
        async with database.read() as transaction:
            assert "own write" not in await notes(transaction)
    finally:
        await postgres.resume_replay()


async def test_with_the_standby_gone_reads_come_from_the_primary(
    database: Database, postgres: PostgresPair
) -> None:
    await postgres.stop_standby()
    try:
        async with database.read() as transaction:
            assert not await is_standby(transaction)
    finally:
        await postgres.start_standby()


async def test_a_cancelled_caller_does_not_cancel_a_commit_under_way(database: Database) -> None:
    committing = asyncio.Event()

    async def write() -> None:
        async with database.write() as transaction:
            await transaction.execute(insert(NOTES).values(text="despite cancellation"))
            committing.set()

    task = asyncio.create_task(write())
    await committing.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with database.read_primary() as transaction:
        assert "despite cancellation" in await notes(transaction)


async def test_what_follows_a_commit_learns_its_position(database: Database) -> None:
    positions: list[int] = []

    async def note(position: int) -> None:
        positions.append(position)

    with consistency.serving(asked=0) as served:
        async with database.write() as transaction:
            transaction.after_commit(note)
            assert positions == []
    assert positions == [served.written]


async def test_a_lock_that_is_not_to_be_had_is_busy_not_broken(database: Database) -> None:
    async with database.write() as first:
        await first.execute(text("LOCK TABLE notes"))
        with pytest.raises(StoreBusy):
            async with database.write() as second:
                await second.execute(text("LOCK TABLE notes"))
