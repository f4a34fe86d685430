"""One session that everybody wants, and three processes: no place is sold twice, and the queue is
in the order in which the session's row was held."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest_asyncio
from fotbot.sessions.v1 import session_pb2
from sqlalchemy import text

from services.local.stores.postgres_schemas import Database
from services.local.stores.valkey import ValkeyCluster
from tests.sessions.crowding import joining, leave_all, leaving, register_all
from tests.sessions.evening import Evening

CONFIRMED = session_pb2.REGISTRATION_STATUS_CONFIRMED
WAITLISTED = session_pb2.REGISTRATION_STATUS_WAITLISTED
PROCESSES, BATCHES, ITEMS = 3, 6, 40
ENTRIES = text("SELECT * FROM entries WHERE session_id = :id ORDER BY turn")


@pytest_asyncio.fixture(scope="module")
async def evenings(stored: Database, valkey: ValkeyCluster) -> AsyncIterator[list[Evening]]:
    """The service three times, each with its own connections."""
    urls = stored.url("sessions"), stored.replica_url("sessions"), valkey.url
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(Evening.running(*urls)) for _ in range(PROCESSES)]


async def entries(evening: Evening, session_id: int) -> list[Any]:
    async with evening.database.read_primary() as transaction:
        return list(await transaction.execute(ENTRIES, {"id": session_id}))


async def test_a_rush_on_28_places_fills_them_once_and_queues_everybody_else(
    evenings: list[Evening],
) -> None:
    session = await evenings[0].open(capacity=28)
    people = iter(range(1, 1000))
    crowds = [
        (evening, [next(people) for _ in range(ITEMS)])
        for evening in evenings
        for _ in range(BATCHES)
    ]
    answers = await asyncio.gather(
        *(
            register_all(evening, [joining(evening, user, session.id) for user in crowd])
            for evening, crowd in crowds
        )
    )
    items = [item for answer in answers for item in answer]
    assert all(item.WhichOneof("outcome") == "response" for item in items)
    rows = await entries(evenings[0], session.id)
    assert [row.turn for row in rows] == list(range(1, len(items) + 1))
    assert [row.status for row in rows] == ["confirmed"] * 28 + ["waitlisted"] * (len(items) - 28)
    own = {
        one.user_id: one.position for one in (item.response.session.registration for item in items)
    }
    places = [*range(1, 29), *range(1, len(items) - 27)]
    assert [own[row.user_id] for row in rows] == places
    # Written under the lock, drawn under the lock.
    assert sorted(row.created_at for row in rows) == [row.created_at for row in rows]
    assert sorted(row.id for row in rows) == [row.id for row in rows]
    in_order = [row.user_id for row in rows]
    for _, crowd in crowds:
        first = in_order.index(crowd[0])
        assert in_order[first : first + ITEMS] == crowd


async def test_one_person_in_many_batches_at_once_has_one_place(evenings: list[Evening]) -> None:
    session = await evenings[0].open()
    answers = await asyncio.gather(
        *(
            register_all(evening, [joining(evening, 1, session.id) for _ in range(5)])
            for evening in evenings
            for _ in range(2)
        )
    )
    items = [item for answer in answers for item in answer]
    assert sum(not item.response.already for item in items) == 1
    assert {item.response.session.registration.position for item in items} == {1}


async def test_one_request_sent_to_all_processes_has_one_outcome(evenings: list[Evening]) -> None:
    session = await evenings[0].open(capacity=2)
    asked = [joining(evenings[0], user, session.id) for user in range(1, 21)]
    orders = [asked, list(reversed(asked)), asked[10:] + asked[:10]]
    answers = await asyncio.gather(*map(register_all, evenings, orders))
    outcomes = {
        tuple(sorted(item.response.SerializeToString(deterministic=True) for item in answer))
        for answer in answers
    }
    assert len(outcomes) == 1
    assert [row.turn for row in await entries(evenings[0], session.id)] == list(range(1, 21))


async def test_crowds_that_come_to_the_same_sessions_in_other_orders_do_not_block_each_other(
    evenings: list[Evening],
) -> None:
    sessions = [(await evenings[0].open(capacity=20)).id for _ in range(6)]
    users = iter(range(1, 1000))
    answers = await asyncio.gather(
        *(
            register_all(
                evening,
                [
                    joining(evening, next(users), session_id)
                    for session_id in (sessions if turn % 2 else list(reversed(sessions)))
                    for _ in range(3)
                ],
            )
            for turn, evening in enumerate(evenings * 3)
        )
    )
    assert all(item.HasField("response") for answer in answers for item in answer)
    for session_id in sessions:
        card = (await evenings[0].card(session_id)).session
        assert (card.taken, card.waitlisted) == (20, 7)


async def test_joining_and_leaving_crowds_lose_no_place(evenings: list[Evening]) -> None:
    session = await evenings[0].open(capacity=10)
    users = list(range(1, 61))
    await register_all(evenings[0], [joining(evenings[0], user, session.id) for user in users[:30]])
    await asyncio.gather(
        register_all(evenings[1], [joining(evenings[1], user, session.id) for user in users[30:]]),
        leave_all(evenings[2], [leaving(evenings[2], user, session.id) for user in users[:15]]),
        leave_all(evenings[0], [leaving(evenings[0], user, session.id) for user in users[15:25]]),
    )
    card = (await evenings[0].card(session.id)).session
    assert (card.taken, card.waitlisted) == (10, 25)
    own = [(await evenings[0].card(session.id, user)).registration for user in users[25:]]
    assert sorted(one.position for one in own if one.status == CONFIRMED) == list(range(1, 11))
    assert sorted(one.position for one in own if one.status == WAITLISTED) == list(range(1, 26))
