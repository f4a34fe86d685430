"""The sessions' worker hands every notice to the sender, through outages, and once each."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from functools import partial

import pytest_asyncio
from fotbot.sender.v1.sender_service_pb2_grpc import add_SenderServiceServicer_to_server
from sqlalchemy import text

from services.chassis.client import full_name
from services.chassis.process import Process
from services.chassis.server import serving
from services.chassis.settings import load
from services.local.stores.postgres_schemas import Database
from services.local.stores.valkey import ValkeyCluster
from services.sessions.settings import WorkerSettings
from services.sessions.worker import worker
from tests.eventually import eventually
from tests.fakes.sender_servicer import FakeSender
from tests.sessions.evening import Evening


@pytest_asyncio.fixture
async def sender(stored: Database, valkey: ValkeyCluster) -> AsyncIterator[FakeSender]:
    """A sender with the worker beside it."""
    # Its other methods stay unimplemented: the worker does not call them.
    fake = FakeSender()  # type: ignore[abstract]
    add = partial(add_SenderServiceServicer_to_server, fake)
    async with serving(add, [full_name("sender")]) as address:
        environ = {
            "DATABASE_URL": stored.url("sessions"),
            "SENDER_ADDR": address,
            "USERS_ADDR": "ipv4:127.0.0.1:1",
            "TEAMS_ADDR": "ipv4:127.0.0.1:1",
            "REDIS_URL": valkey.url,
        }
        settings = load(WorkerSettings, environ)
        process = Process("sessions-worker", settings)
        task = asyncio.create_task(worker(settings, process))
        yield fake
        process.stop()
        await task


async def test_everybody_is_told_once_of_what_happened(
    evening: Evening, sender: FakeSender
) -> None:
    session = await evening.open(capacity=2)
    for user in (1, 2, 3):
        await evening.register(user, session.id)
    await evening.leave(1, session.id)
    await evening.cancel(session.id)

    async def all_told() -> bool:
        return len(of(sender, session.id)) == 3

    await eventually(all_told)
    assert of(sender, session.id) == {
        f"sessions:{session.id}:5:promoted:3",
        f"sessions:{session.id}:6:session_cancelled:2",
        f"sessions:{session.id}:6:session_cancelled:3",
    }
    await eventually(partial(queue_is_empty, evening))


async def test_notices_wait_for_a_sender_that_is_away(evening: Evening, sender: FakeSender) -> None:
    sender.away = True
    session = await evening.open()
    await evening.register(1, session.id)
    await evening.cancel(session.id)

    async def was_asked() -> bool:
        return sender.calls > 0

    await eventually(was_asked)
    assert of(sender, session.id) == set()
    sender.away = False

    async def all_told() -> bool:
        return bool(of(sender, session.id))

    await eventually(all_told, seconds=30)
    await eventually(partial(queue_is_empty, evening))


async def queue_is_empty(evening: Evening) -> bool:
    async with evening.database.read_primary() as transaction:
        found = await transaction.execute(text("SELECT count(*) FROM pgqueuer"))
        return int(found.scalar_one()) == 0


def of(sender: FakeSender, session_id: int) -> set[str]:
    """What was told of it, but for reminders, whose minute may come at any time."""
    return {
        id_
        for id_, notice in sender.notices.items()
        if notice.session.session_id == session_id and not id_.startswith("reminder:")
    }
