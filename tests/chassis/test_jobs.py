"""Jobs: there if and only if their transaction commits, done, tried again, taken over."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
import pytest_asyncio

from services.chassis.db import Database
from services.chassis.errors import Unanswered
from services.chassis.jobs import MOST_UNDER_WAY, POLL, Handler, Job, Jobs, Worker
from services.chassis.setting_groups import StoreSettings
from services.local.stores.postgres import PostgresPair
from tests.chassis.store import ROLE, store_settings
from tests.eventually import eventually, until


@pytest_asyncio.fixture(scope="module")
async def settings(postgres: PostgresPair) -> StoreSettings:
    return await store_settings(postgres, "chassis_jobs")


@pytest_asyncio.fixture(scope="module")
async def database(settings: StoreSettings) -> AsyncIterator[Database]:
    async with Database.open(settings, ROLE) as database:
        yield database


@asynccontextmanager
async def working(settings: StoreSettings, **handlers: Handler) -> AsyncIterator[Worker]:
    stopping, worker = asyncio.Event(), Worker(settings, ROLE, handlers)
    task = asyncio.create_task(worker.run(stopping))
    try:
        yield worker
    finally:
        stopping.set()
        await task


async def enqueue(database: Database, kind: str, *payloads: bytes) -> None:
    async with database.write() as transaction:
        await Jobs().enqueue(transaction, kind, list(payloads))


class Doer:
    """A handler that remembers what it was given and fails as told."""

    def __init__(self, *failures: Exception) -> None:
        self.jobs: list[Job] = []
        self._failures = list(failures)
        self._called = asyncio.Condition()

    async def __call__(self, job: Job) -> None:
        async with self._called:
            self.jobs.append(job)
            self._called.notify_all()
        if self._failures:
            raise self._failures.pop(0)

    async def until(self, done: Callable[[list[Job]], bool]) -> None:
        async with asyncio.timeout(20), self._called:
            await self._called.wait_for(lambda: done(self.jobs))


async def test_a_job_of_a_committed_transaction_is_done(
    database: Database, settings: StoreSettings
) -> None:
    doer = Doer()
    async with working(settings, committed=doer):
        await enqueue(database, "committed", b"one", b"two")
        await doer.until(lambda jobs: {job.payload for job in jobs} == {b"one", b"two"})
    assert {job.attempt for job in doer.jobs} == {1}


async def test_a_job_of_a_rolled_back_transaction_never_was(
    database: Database, settings: StoreSettings
) -> None:
    with pytest.raises(ZeroDivisionError):
        async with database.write() as transaction:
            await Jobs().enqueue(transaction, "rolled_back", [b"undone"])
            raise ZeroDivisionError
    doer = Doer()
    async with working(settings, rolled_back=doer):
        await enqueue(database, "rolled_back", b"after")
        await doer.until(lambda jobs: len(jobs) > 0)
    assert [job.payload for job in doer.jobs] == [b"after"]


async def test_a_job_that_failed_is_tried_again(
    database: Database, settings: StoreSettings
) -> None:
    doer = Doer(ValueError("first try"))
    async with working(settings, failing=doer):
        await enqueue(database, "failing", b"x")
        await doer.until(lambda jobs: [job.attempt for job in jobs] == [1, 2])


async def test_a_job_whose_other_side_is_away_waits_for_it(
    database: Database, settings: StoreSettings
) -> None:
    doer = Doer(Unanswered(), Unanswered())
    async with working(settings, away=doer):
        await enqueue(database, "away", b"x")
        await doer.until(lambda jobs: len(jobs) == 3)


async def test_a_worker_survives_the_loss_of_its_database(
    database: Database, settings: StoreSettings, postgres: PostgresPair
) -> None:
    doer = Doer()
    async with working(settings, survives=doer):
        await enqueue(database, "survives", b"before")
        await doer.until(lambda jobs: len(jobs) == 1)
        await postgres.stop_primary()
        await postgres.start_primary()
        await eventually(database.primary_is_up, seconds=20)
        await enqueue(database, "survives", b"after")
        await doer.until(lambda jobs: b"after" in {job.payload for job in jobs})


async def test_a_job_starts_at_once_however_many_others_are_due_later(
    database: Database, settings: StoreSettings
) -> None:
    doer = Doer()
    async with working(settings, prompt=doer, deferred=Doer()) as worker:
        await eventually(worker.is_connected)
        async with database.write() as transaction:
            later = timedelta(hours=1)
            await Jobs().enqueue(transaction, "deferred", [b"x"] * 20, delay=later)
        waits: list[float] = []
        for number in range(9):
            began = time.monotonic()
            await enqueue(database, "prompt", b"%d" % number)
            await doer.until(lambda jobs: len(jobs) > len(waits))
            waits.append(time.monotonic() - began)
    # Far under the interval at which a worker looks that was told of nothing.
    assert sorted(waits)[len(waits) // 2] < POLL.total_seconds() / 4, waits


async def test_many_due_jobs_are_all_done_with_a_bounded_number_under_way(
    database: Database, settings: StoreSettings
) -> None:
    under_way, most, done = 0, 0, 0

    async def handle(_job: Job) -> None:
        nonlocal under_way, most, done
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0)
        under_way -= 1
        done += 1

    async with working(settings, many=handle):
        await enqueue(database, "many", *[b"x"] * 1000)
        await until(lambda: done == 1000, timeout=30)
    assert most <= MOST_UNDER_WAY
