"""Schedules: with several workers each tick is one job, and none is lost with a worker."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta

import pytest_asyncio
from sqlalchemy import text

from services.chassis.db import Database
from services.chassis.jobs import Handler, Job, Worker
from services.chassis.schedules import Schedule
from services.chassis.setting_groups import StoreSettings
from services.local.stores.postgres import PostgresPair
from tests.chassis.store import ROLE, store_settings
from tests.eventually import eventually, until

SECOND = timedelta(seconds=1)


@pytest_asyncio.fixture(scope="module")
async def settings(postgres: PostgresPair) -> StoreSettings:
    return await store_settings(postgres, "chassis_schedules")


@pytest_asyncio.fixture(scope="module")
async def database(settings: StoreSettings) -> AsyncIterator[Database]:
    async with Database.open(settings, ROLE) as database:
        yield database


class Ticks:
    """A handler that remembers in which second each job came."""

    def __init__(self) -> None:
        self.seconds: list[int] = []

    async def __call__(self, _job: Job) -> None:
        self.seconds.append(int(time.time()))


class Crew:
    """Workers of one schedule, each a task that can be made to vanish."""

    def __init__(self, settings: StoreSettings, schedule: Schedule, handler: Handler) -> None:
        self._settings, self._schedule, self._handler = settings, schedule, handler
        self._stopping = asyncio.Event()
        self.tasks: list[asyncio.Task[None]] = []

    def add(self, many: int) -> None:
        handlers = {self._schedule.kind: self._handler}
        for _ in range(many):
            worker = Worker(self._settings, ROLE, handlers, [self._schedule])
            self.tasks.append(asyncio.create_task(worker.run(self._stopping)))

    async def lose_one(self) -> None:
        lost = self.tasks.pop()
        lost.cancel()
        await asyncio.gather(lost, return_exceptions=True)

    async def stop(self) -> None:
        self._stopping.set()
        await asyncio.gather(*self.tasks)


async def test_with_three_workers_no_tick_runs_twice_and_none_is_lost_when_one_dies(
    settings: StoreSettings,
) -> None:
    ticks = Ticks()
    async with AsyncExitStack() as stack:
        crew = Crew(settings, Schedule(kind="each_second", every=SECOND), ticks)
        stack.push_async_callback(crew.stop)
        crew.add(3)
        await until(lambda: len(ticks.seconds) >= 3)
        await crew.lose_one()
        await until(lambda: len(ticks.seconds) >= 7)
    # The first comes at once, the others at full seconds: had a second two jobs, there were more.
    assert len(ticks.seconds) <= ticks.seconds[-1] - ticks.seconds[0] + 2, ticks.seconds


async def test_ticks_that_were_missed_are_one(settings: StoreSettings, database: Database) -> None:
    schedule, ticks = Schedule(kind="missed", every=timedelta(hours=1)), Ticks()
    async with database.write() as transaction:
        await transaction.execute(
            text(
                "INSERT INTO pgqueuer_schedules (expression, entrypoint, next_run)"
                " VALUES (:expression, 'missed', now() - interval '5 hours')"
            ),
            {"expression": schedule.expression},
        )
    crew = Crew(settings, schedule, ticks)
    crew.add(2)
    await until(lambda: len(ticks.seconds) > 0)
    await crew.stop()
    assert len(ticks.seconds) == 1
    async with database.read_primary() as transaction:
        found = await transaction.execute(
            text("SELECT next_run FROM pgqueuer_schedules WHERE entrypoint = 'missed'")
        )
        coming: datetime = found.scalar_one()
    assert timedelta(0) < coming - datetime.now(UTC) <= schedule.every
    assert (coming.minute, coming.second) == (0, 0)


async def test_a_tick_waits_for_the_job_of_the_last_one(
    settings: StoreSettings, database: Database
) -> None:
    under_way, most = 0, 0
    ended = asyncio.Event()

    async def slow(_job: Job) -> None:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.wait_for(ended.wait(), 20)
        under_way -= 1

    crew = Crew(settings, Schedule(kind="slow", every=SECOND), slow)
    crew.add(2)

    async def ticked_on() -> bool:
        async with database.read_primary() as transaction:
            runs = "SELECT last_run - created FROM pgqueuer_schedules WHERE entrypoint = 'slow'"
            since = (await transaction.execute(text(runs))).scalar()
            return since is not None and since > 2 * SECOND

    await eventually(ticked_on, seconds=20)
    ended.set()
    await crew.stop()
    assert most == 1
