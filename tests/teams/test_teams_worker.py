"""The teams' worker hands every notice to the sender, through outages, and once each."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from functools import partial

import pytest_asyncio
from fotbot.sender.v1.notice_pb2 import NoticeKind
from fotbot.sender.v1.sender_service_pb2_grpc import add_SenderServiceServicer_to_server
from fotbot.teams.v1.sides_service_pb2 import FormSidesRequest
from sqlalchemy import text

from services.chassis.client import full_name
from services.chassis.process import Process
from services.chassis.server import serving
from services.chassis.settings import load
from services.local.stores.postgres_schemas import Database
from services.local.stores.valkey import ValkeyCluster
from services.teams.settings import WorkerSettings
from services.teams.worker import worker
from tests.eventually import eventually
from tests.fakes.sender_servicer import FakeSender
from tests.teams.league import League


@pytest_asyncio.fixture
async def sender(stored: Database, valkey: ValkeyCluster) -> AsyncIterator[FakeSender]:
    """A sender with the worker beside it."""
    # Its other methods stay unimplemented: the worker does not call them.
    fake = FakeSender()  # type: ignore[abstract]
    add = partial(add_SenderServiceServicer_to_server, fake)
    async with serving(add, [full_name("sender")]) as address:
        environ = {
            "DATABASE_URL": stored.url("teams"),
            "SENDER_ADDR": address,
            "USERS_ADDR": "ipv4:127.0.0.1:1",
            "REDIS_URL": valkey.url,
        }
        settings = load(WorkerSettings, environ)
        process = Process("teams-worker", settings)
        task = asyncio.create_task(worker(settings, process))
        yield fake
        process.stop()
        await task


async def test_the_captain_is_told_once_of_who_came_and_went(
    league: League, sender: FakeSender
) -> None:
    team, player = await league.team(), league.person()
    await league.join(player, await league.link(team))
    await league.leave(player, team.id)
    await eventually(partial(queue_is_empty, league))
    told = [notice for notice in sender.notices.values() if notice.facts.team_id == team.id]
    assert sorted(notice.kind for notice in told) == [
        NoticeKind.NOTICE_KIND_TEAM_JOINED,
        NoticeKind.NOTICE_KIND_TEAM_LEFT,
    ]
    assert {notice.user_id for notice in told} == {team.captain_id}


async def test_of_sides_that_were_formed_anew_only_the_last_are_told(
    league: League, sender: FakeSender
) -> None:
    people = [league.person() for _ in range(11)]
    for individuals in (people, people[:10]):
        request = FormSidesRequest(
            write=league.write(1), session_id=9, individuals=individuals, squad_size=7, least=5
        )
        sides = (await league.sides.FormSides(request)).sides
    await eventually(partial(queue_is_empty, league))
    told = [notice for notice in sender.notices.values() if notice.session.session_id == 9]
    assert {notice.kind for notice in told} == {NoticeKind.NOTICE_KIND_SIDE_FORMED}
    assert {notice.facts.side_id for notice in told} == {side.id for side in sides}
    assert sorted(notice.user_id for notice in told) == people[:10]


async def test_notices_wait_for_a_sender_that_is_away(league: League, sender: FakeSender) -> None:
    sender.away = True
    team, player = await league.team(), league.person()
    await league.join(player, await league.link(team))

    async def was_asked() -> bool:
        return sender.calls > 0

    await eventually(was_asked)
    assert sender.notices == {}
    sender.away = False
    await eventually(partial(queue_is_empty, league), seconds=30)
    assert [notice.user_id for notice in sender.notices.values()] == [team.captain_id]


async def queue_is_empty(league: League) -> bool:
    async with league.database.read_primary() as transaction:
        found = await transaction.execute(text("SELECT count(*) FROM pgqueuer"))
        return int(found.scalar_one()) == 0
