"""Jobs that were given up: counted, listed, and run again by a command."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator

import pytest_asyncio
from prometheus_client import REGISTRY
from sqlalchemy import text

from services.chassis.db import Database
from services.chassis.jobs import TRIES, Job, Jobs, Worker
from services.chassis.setting_groups import StoreSettings
from services.local.stores.postgres import PostgresPair
from tests.chassis.store import ROLE, store_settings
from tests.eventually import eventually, until


@pytest_asyncio.fixture(scope="module")
async def settings(postgres: PostgresPair) -> StoreSettings:
    return await store_settings(postgres, "chassis_parked")


@pytest_asyncio.fixture(scope="module")
async def database(settings: StoreSettings) -> AsyncIterator[Database]:
    async with Database.open(settings, ROLE) as database:
        yield database


class Mended:
    """A handler that fails until it is mended."""

    def __init__(self) -> None:
        self.is_mended = False
        self.tries: list[int] = []
        self.done: list[bytes] = []

    async def __call__(self, job: Job) -> None:
        self.tries.append(job.attempt)
        if not self.is_mended:
            raise ValueError("bot 123456789:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA is broken")
        self.done.append(job.payload)


async def at_once(database: Database, kind: str) -> None:
    """As if the pause before the next try were over."""
    async with database.write() as transaction:
        await transaction.execute(
            text("UPDATE pgqueuer SET execute_after = now() WHERE entrypoint = :kind"),
            {"kind": kind},
        )


async def parked_of(settings: StoreSettings, *words: str) -> str:
    environ = {**os.environ, "DATABASE_URL": settings.database_url.get_secret_value()}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "services.chassis.parked", "--service", ROLE, *words),
        env=environ,
        stdout=asyncio.subprocess.PIPE,
    )
    told, _ = await asyncio.wait_for(process.communicate(), 30)
    assert process.returncode == 0
    return told.decode()


async def test_a_job_is_parked_after_five_tries_counted_listed_and_runs_again_when_told(
    settings: StoreSettings, database: Database
) -> None:
    handler, stopping = Mended(), asyncio.Event()
    worker = asyncio.create_task(Worker(settings, ROLE, {"broken": handler}).run(stopping))
    async with database.write() as transaction:
        await Jobs().enqueue(transaction, "broken", [b"one", b"two"])

    async def parked() -> bool:
        await at_once(database, "broken")
        return await _count(database, "failed") == 2

    await eventually(parked, seconds=30)
    assert sorted(handler.tries) == sorted([*range(1, TRIES + 1)] * 2)
    assert REGISTRY.get_sample_value("fotbot_jobs_parked_total", {"kind": "broken"}) == 2
    listed = await parked_of(settings, "list")
    assert "2 jobs are parked" in listed
    assert "ValueError" in listed
    assert "AAAA" not in listed
    number = listed.splitlines()[1].split()[0]
    handler.is_mended = True
    assert "1 jobs run again; not parked: 999" in await parked_of(
        settings, "redrive", number, "999"
    )
    await until(lambda: len(handler.done) == 1)
    assert "1 jobs run again" in await parked_of(settings, "redrive", "--kind", "broken")
    await until(lambda: sorted(handler.done) == [b"one", b"two"])
    assert "no job is parked" in await parked_of(settings, "list")
    stopping.set()
    await worker


async def test_how_much_waits_and_for_how_long_is_told(
    settings: StoreSettings, database: Database
) -> None:
    async with database.write() as transaction:
        await Jobs().enqueue(transaction, "unhandled", [b"x"] * 3)
    stopping = asyncio.Event()
    worker = asyncio.create_task(Worker(settings, ROLE, {"other": Mended()}).run(stopping))
    labels = {"kind": "unhandled", "state": "due"}
    await until(lambda: REGISTRY.get_sample_value("fotbot_jobs", labels) == 3)
    oldest = REGISTRY.get_sample_value("fotbot_jobs_oldest_seconds", {"kind": "unhandled"})
    assert oldest is not None and oldest > 0
    stopping.set()
    await worker


async def _count(database: Database, status: str) -> int:
    async with database.read_primary() as transaction:
        found = await transaction.execute(
            text("SELECT count(*) FROM pgqueuer WHERE status::text = :status"), {"status": status}
        )
        return int(found.scalar_one())
