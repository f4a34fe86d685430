"""The worker as a process has it: a broadcast goes to everybody, reminders are looked for."""

from __future__ import annotations

import asyncio
from functools import partial

import pytest
from fotbot.sender.v1.sender_service_pb2_grpc import add_SenderServiceServicer_to_server
from fotbot.sessions.v1 import league_service_pb2 as messages
from fotbot.users.v1.users_service_pb2_grpc import add_UsersServiceServicer_to_server

from services.chassis.client import full_name
from services.chassis.process import Process
from services.chassis.server import serving
from services.chassis.settings import SettingsError, load
from services.local.stores.postgres_schemas import Database
from services.local.stores.valkey import ValkeyCluster
from services.sessions.settings import WorkerSettings
from services.sessions.worker import worker
from tests.eventually import eventually
from tests.fakes.sender_servicer import FakeSender
from tests.fakes.users_servicer import FakeUsers
from tests.sessions.evening import ADMIN, Evening, at


async def test_a_broadcast_and_a_reminder_come_through_the_worker(
    evening: Evening, stored: Database, valkey: ValkeyCluster
) -> None:
    users, sender = FakeUsers(), FakeSender()  # type: ignore[abstract]
    users.reachable = evening.users.reachable = list(range(1001, 1151))
    session = await evening.open(starts_at=at(1), ends_at=at(2))
    await evening.register(7, session.id)
    async with (
        serving(partial(add_UsersServiceServicer_to_server, users), [full_name("users")]) as to,
        serving(
            partial(add_SenderServiceServicer_to_server, sender), [full_name("sender")]
        ) as to_sender,
    ):
        environ = {
            "DATABASE_URL": stored.url("sessions"),
            "SENDER_ADDR": to_sender,
            "USERS_ADDR": to,
            "TEAMS_ADDR": "ipv4:127.0.0.1:1",
            "REDIS_URL": valkey.url,
            "REMIND_HOURS": "24",
        }
        settings = load(WorkerSettings, environ)
        process = Process("sessions-worker", settings)
        task = asyncio.create_task(worker(settings, process))
        request = messages.CreateBroadcastRequest(write=evening.write(ADMIN), text="Hello")
        made: messages.CreateBroadcastResponse = await evening.league.CreateBroadcast(request)
        broadcast = made.broadcast

        async def all_told() -> bool:
            told = {one.user_id for one in sender.notices.values() if one.group}
            return told == set(users.reachable)

        async def is_done() -> bool:
            request = messages.GetBroadcastRequest(actor_id=ADMIN, broadcast_id=broadcast.id)
            found: messages.GetBroadcastResponse = await evening.league.GetBroadcast(request)
            return found.broadcast.status == messages.BROADCAST_STATUS_DONE

        async def is_reminded() -> bool:
            start = session.starts_at.seconds
            return f"reminder:{session.id}:hours:{start}:7" in sender.notices

        await eventually(all_told, seconds=30)
        await eventually(is_done, seconds=30)
        await eventually(is_reminded, seconds=30)
        process.stop()
        await task


GOOD = {
    "DATABASE_URL": "postgresql://x@db/fotbot",
    "REDIS_URL": "redis://cache",
    "SENDER_ADDR": "s",
    "USERS_ADDR": "u",
    "TEAMS_ADDR": "t",
}


def test_people_are_reminded_five_hours_before_unless_told_otherwise() -> None:
    settings = load(WorkerSettings, GOOD)
    assert (settings.remind_hours, settings.timezone) == (5.0, "Asia/Tashkent")


@pytest.mark.parametrize(
    ("name", "value"), [("REMIND_HOURS", "0"), ("REMIND_HOURS", "25"), ("TIMEZONE", "Mars/Base")]
)
def test_a_setting_that_makes_no_sense_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        load(WorkerSettings, {**GOOD, name: value})
