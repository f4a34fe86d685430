"""What is written down of jobs goes after seven days, but for what a parked job has died of."""

import asyncio
from collections.abc import AsyncIterator

import pytest_asyncio
from sqlalchemy import text

from services.chassis.db import Database
from services.chassis.job_records import FORGET_JOBS, forgetting_jobs, swept
from services.chassis.jobs import Worker
from services.chassis.setting_groups import StoreSettings
from services.local.stores.postgres import PostgresPair
from tests.chassis.store import ROLE, store_settings
from tests.eventually import eventually

LOG = """INSERT INTO pgqueuer_log (created, job_id, status, priority, entrypoint)
    SELECT now() - make_interval(days => :days), :job_id + n, 'exception', 0, 'told'
    FROM generate_series(1, :many) AS n"""
COUNTS = """INSERT INTO pgqueuer_statistics (created, count, priority, status, entrypoint)
    SELECT now() - make_interval(days => :days, secs => n), 1, 0, 'successful', 'told'
    FROM generate_series(1, :many) AS n"""
AGES = {
    "log": "SELECT extract(day FROM now() - created)::int AS days FROM pgqueuer_log"
    " WHERE entrypoint = 'told' ORDER BY days",
    "statistics": "SELECT extract(day FROM now() - created)::int AS days FROM pgqueuer_statistics"
    " WHERE entrypoint = 'told' ORDER BY days",
}
CLEAR = (
    "DELETE FROM pgqueuer",
    "DELETE FROM pgqueuer_log",
    "DELETE FROM pgqueuer_statistics",
)
PARKED = """INSERT INTO pgqueuer (id, priority, status, entrypoint)
    VALUES (1001, 0, 'failed', 'told')"""


@pytest_asyncio.fixture(scope="module")
async def settings(postgres: PostgresPair) -> StoreSettings:
    return await store_settings(postgres, "chassis_job_records")


@pytest_asyncio.fixture
async def database(settings: StoreSettings) -> AsyncIterator[Database]:
    """Ten rows of eight days ago and three of six in each table; one of the old is a parked
    job's."""
    async with Database.open(settings, ROLE) as database:
        async with database.write() as transaction:
            for statement in CLEAR:
                await transaction.execute(text(statement))
            for statement in (LOG, COUNTS):
                for days, many in ((8, 10), (6, 3)):
                    given = {"days": days, "many": many, "job_id": 1000 * (days == 8)}
                    await transaction.execute(text(statement), given)
            await transaction.execute(text(PARKED))
        yield database


async def told(database: Database, of: str) -> list[int]:
    """How old the rows are, in days."""
    async with database.read_primary() as transaction:
        return list((await transaction.execute(text(AGES[of]))).scalars())


async def test_rows_of_more_than_seven_days_go_piece_by_piece_but_for_a_parked_jobs(
    database: Database,
) -> None:
    assert await swept(database, piece=4) == 9 + 10
    assert await told(database, "log") == [6, 6, 6, 8]
    assert await told(database, "statistics") == [6, 6, 6]
    assert await swept(database, piece=4) == 0


async def test_a_worker_with_the_schedule_forgets_by_itself(
    settings: StoreSettings, database: Database
) -> None:
    stopping = asyncio.Event()
    handlers = {FORGET_JOBS.kind: forgetting_jobs(database)}
    worker = Worker(settings, ROLE, handlers, [FORGET_JOBS])
    working = asyncio.create_task(worker.run(stopping))

    async def forgotten() -> bool:
        return await told(database, "log") == [6, 6, 6, 8]

    await eventually(forgotten, seconds=20)
    stopping.set()
    await working
