"""Telegram repeats itself: one effect, the same answer, at one gateway or at two."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest_asyncio

from services.gateway.features.create_session.callbacks import ConfirmCreation
from services.gateway.features.sessions.callbacks import JoinSession, LeaveSession
from tests.e2e.city import City
from tests.e2e.gateways import second_gateway
from tests.e2e.league import a_month_ahead, league
from tests.e2e.webhook import Json, Reply, deliver, message, tap

TIMES = 5


@pytest_asyncio.fixture(scope="module")
async def doors(city: City) -> AsyncIterator[list[str]]:
    """The webhooks of two gateways of one city."""
    async with second_gateway(city, "gateway-2") as other:
        yield [city.layout.webhook_url, other]


async def at_all_doors(
    city: City, doors: list[str], update: Json, times: int = TIMES
) -> list[Reply]:
    """The same update, several times at each gateway, all at once."""
    return await asyncio.gather(
        *(deliver(city.http, door, update) for door in doors for _ in range(times))
    )


def same_answer(replies: list[Reply]) -> Json:
    """The one body that all replies share."""
    assert {reply.status for reply in replies} == {200}
    assert len({json.dumps(reply.body, sort_keys=True) for reply in replies}) == 1, [
        reply.body for reply in replies
    ]
    return replies[0].body


async def test_a_tap_at_two_gateways_at_once_takes_one_place(city: City, doors: list[str]) -> None:
    async with league(city) as made:
        session, member = await made.session(capacity=5), await made.member()
        join = tap(member.telegram_id, JoinSession(session_id=session.id))
        answer = same_answer(await at_all_doors(city, doors, join))
        assert answer["text"].endswith("You are in, place 1")
        assert (await made.seen(session.id, member)).session.taken == 1


async def test_a_repeated_join_after_a_leave_does_not_take_the_place_again(
    city: City, doors: list[str]
) -> None:
    async with league(city) as made:
        session, member = await made.session(capacity=5), await made.member()
        join = tap(member.telegram_id, JoinSession(session_id=session.id))
        first = await deliver(city.http, doors[0], join)
        leave = tap(member.telegram_id, LeaveSession(session_id=session.id))
        await deliver(city.http, doors[0], leave)
        assert (await deliver(city.http, doors[1], join)).body == first.body
        assert (await made.seen(session.id, member)).session.taken == 0


async def test_a_conversation_at_two_gateways_advances_once_per_message_and_opens_one_session(
    city: City, doors: list[str]
) -> None:
    async with league(city) as made:
        # The admin writes elsewhere too, and this is near the most one person may send.
        organiser, venue = await made.organiser(), "Redelivered ground"
        to = organiser.telegram_id
        day = f"{a_month_ahead():%d.%m.%Y}"
        for text in ("/create", venue, day, "20:00", "60", "5", "7", "0", "10", "no"):
            # Once at each gateway: five times would be a flood, and most of it turned away.
            same_answer(await at_all_doors(city, doors, message(to, text), times=1))
        same_answer(await at_all_doors(city, doors, tap(to, ConfirmCreation()), times=3))
        assert await made.count_at(venue, organiser) == 1


async def test_an_id_that_comes_again_with_another_payload_gets_the_first_outcome(
    city: City, doors: list[str]
) -> None:
    async with league(city) as made:
        first, second = await made.session(capacity=5), await made.session(capacity=5)
        member = await made.member()
        join = tap(member.telegram_id, JoinSession(session_id=first.id))
        told = await deliver(city.http, doors[0], join)
        other = tap(member.telegram_id, JoinSession(session_id=second.id))
        other["update_id"] = join["update_id"]
        other["callback_query"]["id"] = join["callback_query"]["id"]
        assert (await deliver(city.http, doors[0], other)).body == told.body
        assert (await made.seen(second.id, member)).session.taken == 0
