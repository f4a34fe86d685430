"""A write under a request id that was there before answers what it answered then."""

from __future__ import annotations

import asyncio

import pytest
from fotbot.sessions.v1 import sessions_service_pb2 as messages
from fotbot.users.v1 import user_pb2

from services.chassis.errors import RemoteRefusal
from tests.sessions.evening import ORGANISER, Evening


async def test_a_replayed_registration_answers_the_same_and_acts_once(evening: Evening) -> None:
    session = await evening.open()
    first = await evening.register(1, session.id, "tg:1:1:1")
    await evening.register(2, session.id)
    assert await evening.register(1, session.id, "tg:1:1:1") == first
    assert (await evening.card(session.id)).session.taken == 2


async def test_five_at_once_under_one_id_act_once(evening: Evening) -> None:
    session = await evening.open()
    answers = await asyncio.gather(*(evening.register(1, session.id, "tg:1:2:1") for _ in range(5)))
    assert all(answer == answers[0] for answer in answers)
    assert answers[0].already is False
    assert (await evening.card(session.id)).session.version == 2


async def test_another_payload_under_the_same_id_gets_the_first_outcome(evening: Evening) -> None:
    session, other = await evening.open(), await evening.open()
    first = await evening.register(1, session.id, "tg:1:3:1")
    assert await evening.register(1, other.id, "tg:1:3:1") == first
    assert (await evening.card(other.id)).session.taken == 0


async def test_the_same_id_of_another_actor_is_another_request(evening: Evening) -> None:
    session = await evening.open()
    await evening.register(1, session.id, "tg:1:4:1")
    assert (await evening.register(2, session.id, "tg:1:4:1")).session.registration.position == 2


async def test_a_refusal_is_repeated_though_it_would_be_granted_now(evening: Evening) -> None:
    session = await evening.open()
    newcomer = evening.users.know(961, registered=False)
    with pytest.raises(RemoteRefusal, match="NOT_REGISTERED"):
        await evening.register(newcomer, session.id, "tg:1:5:1")
    evening.users.know(newcomer)
    with pytest.raises(RemoteRefusal, match="NOT_REGISTERED"):
        await evening.register(newcomer, session.id, "tg:1:5:1")
    assert (await evening.register(newcomer, session.id, "tg:1:6:1")).already is False


async def test_a_grant_is_repeated_though_it_would_be_refused_now(evening: Evening) -> None:
    organiser = evening.users.know(951, user_pb2.ROLE_ORGANISER)
    request = await evening.plan(write=evening.write(organiser))
    first = await evening.stub.CreateSession(request)
    evening.users.know(organiser, user_pb2.ROLE_PLAYER)
    assert await evening.stub.CreateSession(request) == first


async def test_a_replayed_cancellation_tells_nobody_twice(evening: Evening) -> None:
    session = await evening.open()
    await evening.register(1, session.id)
    request = messages.CancelSessionRequest(write=evening.write(ORGANISER), session_id=session.id)
    for _ in range(3):
        await evening.stub.CancelSession(request)
    assert len(await evening.notices(session.id)) == 1
