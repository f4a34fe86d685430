"""Broadcasts over gRPC and by the worker's jobs: who may, who is told, pages, a stop that holds."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
import pytest_asyncio
from fotbot.sender.v1.notice_pb2 import NOTICE_KIND_BROADCAST
from fotbot.sender.v1.sender_service_pb2_grpc import (
    SenderServiceStub,
    add_SenderServiceServicer_to_server,
)
from fotbot.sessions.v1 import league_service_pb2 as messages
from sqlalchemy import text

from services.chassis import consistency
from services.chassis.client import connect, full_name
from services.chassis.errors import RemoteRefusal, Unanswered
from services.chassis.jobs import Job
from services.chassis.server import serving
from services.sessions.domain.values import UserId
from services.sessions.handing_over import PAGE, HandingOver
from services.sessions.storage.broadcasts import DROP, HAND_OVER
from tests.fakes.sender_servicer import FakeSender
from tests.sessions.evening import ADMIN, ORGANISER, OTHER_ORGANISER, Evening

THE_NEWEST = 2**63 - 1
"""More than any replica has: the primary answers."""

PLAYER = 5


@dataclass(slots=True, kw_only=True)
class Office:
    """The service, a sender, and the worker's hands, which move when a test says so."""

    evening: Evening
    sender: FakeSender
    hands: HandingOver

    async def count(self, actor: int, session_id: int = 0) -> int:
        request = messages.CountAudienceRequest(actor_id=actor, session_id=session_id)
        answer: messages.CountAudienceResponse = await self.evening.league.CountAudience(request)
        return answer.people

    async def create(
        self, actor: int, session_id: int = 0, words: str = "Hello", request_id: str = ""
    ) -> messages.Broadcast:
        request = messages.CreateBroadcastRequest(
            write=self.evening.write(actor, request_id), session_id=session_id, text=words
        )
        made: messages.CreateBroadcastResponse = await self.evening.league.CreateBroadcast(request)
        return made.broadcast

    async def get(self, actor: int, broadcast_id: int) -> messages.Broadcast:
        request = messages.GetBroadcastRequest(actor_id=actor, broadcast_id=broadcast_id)
        # A worker has written, of whose position no caller is told.
        with consistency.positions({"sessions": THE_NEWEST}):
            found: messages.GetBroadcastResponse = await self.evening.league.GetBroadcast(request)
        return found.broadcast

    async def stop(self, actor: int, broadcast_id: int) -> messages.Broadcast:
        request = messages.StopBroadcastRequest(
            write=self.evening.write(actor), broadcast_id=broadcast_id
        )
        found: messages.StopBroadcastResponse = await self.evening.league.StopBroadcast(request)
        return found.broadcast

    async def jobs(self, kind: str = HAND_OVER) -> list[Job]:
        """Taken out of the queue."""
        taken = text("DELETE FROM pgqueuer WHERE entrypoint = :kind RETURNING id, payload")
        async with self.evening.database.write() as transaction:
            rows = (await transaction.execute(taken, {"kind": kind})).all()
        return [
            Job(id=row.id, kind=kind, payload=row.payload, attempt=1, traceparent="")
            for row in sorted(rows, key=lambda row: int(row.id))
        ]

    async def page(self) -> bool:
        """Hand one page over; False when there is none."""
        jobs = await self.jobs()
        for job in jobs:
            await self.hands.hand_over(job)
        return bool(jobs)

    async def all_pages(self) -> None:
        while await self.page():
            pass

    def told(self, broadcast: messages.Broadcast) -> list[int]:
        group = f"broadcast:{broadcast.id}"
        return sorted(one.user_id for one in self.sender.notices.values() if one.group == group)


@pytest_asyncio.fixture
async def office(evening: Evening) -> AsyncIterator[Office]:
    fake = FakeSender()  # type: ignore[abstract]
    evening.users.reachable = list(range(1001, 1251))

    async def everybody(after: UserId, count: int) -> list[UserId]:
        return [UserId(id_) for id_ in evening.users.reachable if id_ > after][:count]

    add = partial(add_SenderServiceServicer_to_server, fake)
    async with (
        serving(add, [full_name("sender")]) as address,
        connect("sender", address) as channel,
    ):
        stub: Any = SenderServiceStub(channel)
        hands = HandingOver(evening.database, stub, everybody, "Asia/Tashkent")
        made = Office(evening=evening, sender=fake, hands=hands)
        await made.jobs()
        await made.jobs(DROP)
        yield made


async def test_an_admin_reaches_everybody_page_by_page(office: Office) -> None:
    assert await office.count(ADMIN) == 250
    made = await office.create(ADMIN, words="Hello\n\n<all>")
    assert (made.total, made.handed, made.status) == (250, 0, messages.BROADCAST_STATUS_RUNNING)
    assert await office.page()
    assert (await office.get(ADMIN, made.id)).handed == PAGE
    await office.all_pages()
    done = await office.get(ADMIN, made.id)
    assert (done.handed, done.status) == (250, messages.BROADCAST_STATUS_DONE)
    assert office.told(made) == list(range(1001, 1251))
    notice = office.sender.notices[f"broadcast:{made.id}:1007"]
    assert notice.kind == NOTICE_KIND_BROADCAST
    assert notice.facts.text == "Hello\n\n<all>"
    assert notice.time_zone == "Asia/Tashkent"
    assert not notice.HasField("session")


async def test_an_organiser_reaches_the_people_of_his_session(office: Office) -> None:
    session = await office.evening.open(capacity=2)
    for user in (1, 2, 3):
        await office.evening.register(user, session.id)
    await office.evening.leave(2, session.id)
    assert await office.count(ORGANISER, session.id) == 2
    made = await office.create(ORGANISER, session.id)
    await office.all_pages()
    assert office.told(made) == [1, 3]
    notice = office.sender.notices[f"broadcast:{made.id}:1"]
    assert notice.session.venue_name == session.venue.name
    assert notice.session.ends_at == session.ends_at.seconds
    assert (await office.get(ORGANISER, made.id)).status == messages.BROADCAST_STATUS_DONE


@pytest.mark.parametrize("actor", [PLAYER, ORGANISER])
async def test_only_admins_write_to_everybody(office: Office, actor: int) -> None:
    with pytest.raises(RemoteRefusal, match="NOT_ALLOWED"):
        await office.count(actor)
    with pytest.raises(RemoteRefusal, match="NOT_ALLOWED"):
        await office.create(actor)
    assert await office.jobs() == []


@pytest.mark.parametrize("actor", [PLAYER, OTHER_ORGANISER])
async def test_only_who_runs_a_session_writes_to_its_people(office: Office, actor: int) -> None:
    session = await office.evening.open()
    await office.evening.register(PLAYER, session.id)
    with pytest.raises(RemoteRefusal, match="NOT_ALLOWED"):
        await office.count(actor, session.id)
    with pytest.raises(RemoteRefusal, match="NOT_ALLOWED"):
        await office.create(actor, session.id)
    assert await office.count(ADMIN, session.id) == 1


async def test_a_session_that_is_not_there_and_bad_texts_are_refused(office: Office) -> None:
    session = await office.evening.open()
    with pytest.raises(RemoteRefusal, match="SESSION_NOT_FOUND"):
        await office.count(ADMIN, 999_999)
    with pytest.raises(RemoteRefusal, match="SESSION_NOT_FOUND"):
        await office.create(ADMIN, 999_999)
    with pytest.raises(RemoteRefusal, match="TEXT_EMPTY"):
        await office.create(ADMIN, session.id, " \n")
    with pytest.raises(RemoteRefusal, match="TEXT_TOO_LONG"):
        await office.create(ADMIN, session.id, "x" * 3001)
    assert await office.jobs() == []


async def test_a_broadcast_is_its_authors_and_the_admins(office: Office) -> None:
    session = await office.evening.open()
    made = await office.create(ORGANISER, session.id)
    for actor in (OTHER_ORGANISER, PLAYER):
        with pytest.raises(RemoteRefusal, match="NOT_ALLOWED"):
            await office.get(actor, made.id)
        with pytest.raises(RemoteRefusal, match="NOT_ALLOWED"):
            await office.stop(actor, made.id)
    assert (await office.get(ADMIN, made.id)).author_id == ORGANISER
    with pytest.raises(RemoteRefusal, match="BROADCAST_NOT_FOUND"):
        await office.get(ADMIN, 999_999)
    with pytest.raises(RemoteRefusal, match="BROADCAST_NOT_FOUND"):
        await office.stop(ADMIN, 999_999)


async def test_a_repeated_request_makes_one_broadcast(office: Office) -> None:
    first = await office.create(ADMIN, request_id="once")
    again = await office.create(ADMIN, request_id="once")
    assert again == first
    assert len(await office.jobs()) == 1


async def test_a_stop_ends_the_pages_and_drops_what_has_not_left(office: Office) -> None:
    made = await office.create(ADMIN)
    await office.page()
    stopped = await office.stop(ADMIN, made.id)
    assert stopped.status == messages.BROADCAST_STATUS_STOPPED
    assert (await office.stop(ADMIN, made.id)) == stopped
    await office.all_pages()
    [drop] = await office.jobs(DROP)
    await office.hands.drop(drop)
    assert office.sender.dropped == [f"broadcast:{made.id}"]
    assert office.told(made) == []
    assert (await office.get(ADMIN, made.id)).handed == PAGE


async def test_one_that_was_handed_over_whole_can_still_be_stopped(office: Office) -> None:
    made = await office.create(ADMIN)
    await office.all_pages()
    stopped = await office.stop(ADMIN, made.id)
    assert (stopped.status, stopped.handed) == (messages.BROADCAST_STATUS_STOPPED, 250)
    [drop] = await office.jobs(DROP)
    await office.hands.drop(drop)
    assert office.told(made) == []


async def test_a_stop_in_the_middle_of_a_page_leaves_nothing_behind(office: Office) -> None:
    """The page and the drop meet at the broadcast's lock, in whichever order."""
    made = await office.create(ADMIN)
    [page] = await office.jobs()
    stopping = office.stop(ADMIN, made.id)
    _, stopped = await asyncio.gather(office.hands.hand_over(page), stopping)
    assert stopped.status == messages.BROADCAST_STATUS_STOPPED
    [drop] = await office.jobs(DROP)
    await office.hands.drop(drop)
    await office.all_pages()
    assert office.told(made) == []
    assert (await office.get(ADMIN, made.id)).status == messages.BROADCAST_STATUS_STOPPED


async def test_a_repeated_page_hands_nobody_over_twice(office: Office) -> None:
    made = await office.create(ADMIN)
    [page] = await office.jobs()
    await asyncio.gather(*(office.hands.hand_over(page) for _ in range(3)))
    await office.hands.hand_over(page)
    assert (await office.get(ADMIN, made.id)).handed == PAGE
    assert len(office.told(made)) == PAGE
    assert len(await office.jobs()) == 1


async def test_a_sender_that_is_away_loses_no_page(office: Office) -> None:
    made = await office.create(ADMIN)
    [page] = await office.jobs()
    office.sender.away = True
    with pytest.raises(Unanswered):
        await office.hands.hand_over(page)
    assert (await office.get(ADMIN, made.id)).handed == 0
    office.sender.away = False
    await office.hands.hand_over(page)
    await office.all_pages()
    assert office.told(made) == list(range(1001, 1251))


async def test_who_did_it_is_written_down(office: Office) -> None:
    session = await office.evening.open()
    made = await office.create(ORGANISER, session.id)
    await office.stop(ADMIN, made.id)
    await office.stop(ADMIN, made.id)
    request = messages.ListAuditRequest(actor_id=ADMIN, session_id=session.id)
    audit: messages.ListAuditResponse = await office.evening.league.ListAudit(request)
    deeds = [
        (entry.actor_id, entry.action)
        for entry in audit.entries
        if entry.action.startswith("broadcast.")
    ]
    assert deeds == [(ADMIN, "broadcast.stop"), (ORGANISER, "broadcast.create")]
