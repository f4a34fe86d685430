"""Many at once: no place is sold twice, none is lost, and the queue has no gaps."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial

import pytest
from fotbot.sessions.v1 import session_pb2
from fotbot.sessions.v1 import sessions_service_pb2 as messages
from sqlalchemy import text

from services.chassis import metrics
from services.chassis.errors import RemoteRefusal
from tests.eventually import eventually
from tests.sessions.evening import Evening, at

CONFIRMED = session_pb2.REGISTRATION_STATUS_CONFIRMED
REGISTER = "fotbot.sessions.v1.SessionsService/Register"
WAITLISTED = session_pb2.REGISTRATION_STATUS_WAITLISTED


def positions(views: Sequence[messages.SessionView], status: int) -> list[int]:
    return sorted(v.registration.position for v in views if v.registration.status == status)


async def test_60_on_the_last_10_places_are_10_in_and_50_in_a_queue(evening: Evening) -> None:
    session = await evening.open(capacity=10)
    people = range(1, 61)
    answers = await asyncio.gather(*(evening.register(one, session.id) for one in people))
    views = [answer.session for answer in answers]
    assert positions(views, CONFIRMED) == list(range(1, 11))
    assert positions(views, WAITLISTED) == list(range(1, 51))
    cards = [await evening.card(session.id, one) for one in people]
    assert [card.registration for card in cards] == [view.registration for view in views]
    assert (cards[0].session.taken, cards[0].session.waitlisted) == (10, 50)


async def test_20_presses_of_one_person_are_one_place(evening: Evening) -> None:
    session = await evening.open()
    answers = await asyncio.gather(*(evening.register(1, session.id) for _ in range(20)))
    assert sum(not answer.already for answer in answers) == 1
    assert {answer.session.registration.position for answer in answers} == {1}
    assert (await evening.card(session.id)).session.taken == 1


async def test_joining_and_leaving_together_end_in_one_of_both_orders(evening: Evening) -> None:
    session = await evening.open(capacity=2)
    for one in range(1, 11):
        await asyncio.gather(evening.register(one, session.id), evening.leave(one, session.id))
    card = (await evening.card(session.id)).session
    cards = [await evening.card(session.id, one) for one in range(1, 11)]
    assert positions(cards, CONFIRMED) == list(range(1, card.taken + 1))
    assert positions(cards, WAITLISTED) == list(range(1, card.waitlisted + 1))
    assert card.taken == min(2, card.taken + card.waitlisted)


async def test_all_places_given_up_at_once_go_to_the_first_of_the_queue(evening: Evening) -> None:
    session = await evening.open(capacity=5)
    for one in range(1, 16):
        await evening.register(one, session.id)
    await asyncio.gather(*(evening.leave(one, session.id) for one in range(1, 6)))
    cards = [await evening.card(session.id, one) for one in range(6, 16)]
    assert [card.registration.status for card in cards] == [CONFIRMED] * 5 + [WAITLISTED] * 5
    assert [card.registration.position for card in cards] == [1, 2, 3, 4, 5] * 2
    told = await evening.notices(session.id)
    assert sorted(notice.user_id for notice in told) == [6, 7, 8, 9, 10]
    assert len({notice.notice_id for notice in told}) == 5


async def test_a_venue_asked_for_by_ten_at_once_is_booked_by_one(evening: Evening) -> None:
    venue = await evening.venue()
    times = {"starts_at": at(24), "ends_at": at(26)}
    answers = await asyncio.gather(
        *(evening.open(venue_id=venue.id, **times) for _ in range(10)), return_exceptions=True
    )
    refused = [answer for answer in answers if isinstance(answer, RemoteRefusal)]
    assert [answer.reason for answer in refused] == ["VENUE_BUSY"] * 9


async def test_sessions_moved_while_people_register_lose_nobody(evening: Evening) -> None:
    session = await evening.open(capacity=20)
    venues = [await evening.venue() for _ in range(3)]
    await asyncio.gather(
        *(evening.register(one, session.id) for one in range(1, 21)),
        *(evening.edit(session.id, venue_id=venue.id) for venue in venues),
    )
    assert (await evening.card(session.id)).session.taken == 20


@pytest.mark.parametrize("seats", [1, 3])
async def test_more_places_during_a_rush_are_never_too_many(evening: Evening, seats: int) -> None:
    session = await evening.open(capacity=2)
    await asyncio.gather(
        *(evening.register(one, session.id) for one in range(1, 16)),
        evening.edit(session.id, capacity=2 + seats),
        *(evening.leave(one, session.id) for one in range(1, 4)),
    )
    card = (await evening.card(session.id)).session
    cards = [await evening.card(session.id, one) for one in range(1, 16)]
    assert card.taken == card.capacity == 2 + seats
    assert positions(cards, CONFIRMED) == list(range(1, 3 + seats))
    assert positions(cards, WAITLISTED) == list(range(1, card.waitlisted + 1))


async def test_a_press_behind_a_long_lock_is_tried_until_it_has_an_answer(
    evening: Evening,
) -> None:
    session = await evening.open()
    lock = text("SELECT id FROM sessions WHERE id = :id FOR UPDATE")
    async with evening.database.write() as transaction:
        await transaction.execute(lock, {"id": session.id})
        pressed = asyncio.create_task(evening.register(1, session.id, "tg:1:70:1"))
        # Longer than one attempt's lock time-out, as its counter shows.
        await eventually(partial(was_tried_again, metrics_before=retries()))
        assert not pressed.done()
    assert (await pressed).already is False
    assert (await evening.register(1, session.id, "tg:1:70:1")) == await pressed


def retries() -> float:
    counter = metrics.RPC_RETRIES.labels(REGISTER, "UNAVAILABLE")
    return float(counter._value.get())


async def was_tried_again(metrics_before: float) -> bool:
    return retries() > metrics_before
