"""Many registrations as one commit: each item has what a call of its own would have had."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import structlog
from fotbot.sessions.v1 import session_pb2
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from services.local.stores.postgres import PostgresPair
from tests.sessions.crowding import (
    BUG,
    joining,
    leave_all,
    leaving,
    outcome,
    register_all,
    register_alone,
)
from tests.sessions.evening import Evening

CONFIRMED = session_pb2.REGISTRATION_STATUS_CONFIRMED
WAITLISTED = session_pb2.REGISTRATION_STATUS_WAITLISTED
STRANGER = 5_000
NOWHERE = 10**15
TRACES = [f"00-{number:032x}-{number:016x}-01" for number in (0xABC1, 0xABC2, 0xABC3)]
# The session's row can count no further.
FULL_TO_THE_BRIM = text(
    "UPDATE sessions SET waitlisted = 2147483647, taken = capacity WHERE id = :id"
)


@pytest.fixture(autouse=True, scope="module")
def plain_logs() -> Iterator[None]:
    """Bugs are logged here by the dozen; painting their traces for a terminal takes seconds."""
    structlog.configure(processors=[structlog.processors.KeyValueRenderer()])
    yield
    structlog.reset_defaults()


@dataclass(frozen=True, slots=True)
class Press:
    """Who presses, where: 0 and 1 are sessions, -1 is none; `repeats` an earlier press."""

    user: int
    where: int
    poisoned: bool = False
    repeats: int | None = None


@st.composite
def presses(draw: st.DrawFn) -> list[Press]:
    user = st.sampled_from([*range(1, 8), STRANGER])
    fresh = st.builds(
        Press,
        user=user,
        where=st.sampled_from([0, 0, 0, 1, 1, -1]),
        poisoned=st.sampled_from([False] * 9 + [True]),
    )
    pressed = draw(st.lists(fresh, min_size=1, max_size=16))
    for place in draw(st.lists(st.integers(0, len(pressed) - 1), max_size=4)):
        pressed.append(Press(pressed[place].user, pressed[place].where, repeats=place))
    return pressed


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pressed=presses(), capacity=st.integers(2, 5), approves=st.booleans(), price=st.booleans())
async def test_a_group_is_as_the_same_calls_one_after_the_other(
    evening: Evening, pressed: list[Press], capacity: int, approves: bool, price: bool
) -> None:
    fields: dict[str, Any] = {"needs_approval": approves, "price": 20_000 if price else 0}
    together, alone = [
        [(await evening.open(capacity=capacity, **fields)).id for _ in range(2)] for _ in range(2)
    ]
    grouped = await register_all(evening, requests(evening, pressed, together))
    single = [
        await register_alone(evening, request, registered=request.write.actor_id != STRANGER)
        for request in requests(evening, pressed, alone)
    ]
    assert list(map(outcome, grouped)) == single
    for one, other in zip(together, alone, strict=True):
        assert await on_paper(evening, one) == await on_paper(evening, other)


def requests(evening: Evening, pressed: list[Press], sessions: list[int]) -> list[Any]:
    made: list[Any] = []
    for press in pressed:
        session_id = NOWHERE if press.where < 0 else sessions[press.where]
        request = joining(evening, press.user, session_id)
        if press.repeats is not None:
            request = made[press.repeats]
        elif press.poisoned:
            request.write.request_id += "\0"
        made.append(request)
    return made


async def on_paper(evening: Evening, session_id: int) -> list[tuple[Any, ...]]:
    """Everything that is kept of a session's entries, but their ids."""
    kept = text(
        "SELECT user_id, entries.status, turn, places, entries.price, payments.amount,"
        " payments.status AS paid, (SELECT array_agg(user_id) FROM entry_players"
        " WHERE entry_id = entries.id AND active) AS players,"
        " (SELECT array_agg(action || amount) FROM payment_events WHERE entry_id = entries.id)"
        " FROM entries LEFT JOIN payments ON payments.entry_id = entries.id"
        " WHERE session_id = :id ORDER BY entries.id"
    )
    async with evening.database.read_primary() as transaction:
        rows = [tuple(row) for row in await transaction.execute(kept, {"id": session_id})]
    told = [(one.kind, one.user_id, one.facts.amount) for one in await evening.notices(session_id)]
    return rows + told


async def test_a_session_that_cannot_count_further_fails_only_who_comes_there(
    evening: Evening,
) -> None:
    broken, whole = await evening.open(capacity=2), await evening.open(capacity=2)
    async with evening.database.write() as transaction:
        await transaction.execute(FULL_TO_THE_BRIM, {"id": broken.id})
    places = [whole.id, broken.id, whole.id, broken.id, whole.id]
    asked = [joining(evening, user, place) for user, place in enumerate(places, start=1)]
    items = await register_all(evening, asked)
    assert [outcome(item) == BUG for item in items] == [False, True, False, True, False]
    assert [item.response.session.registration.position for item in items[::2]] == [1, 2, 1]


async def test_whom_users_cannot_tell_of_fails_alone_and_may_ask_again(evening: Evening) -> None:
    session = await evening.open()
    asked = [joining(evening, user, session.id) for user in (1, 2, 3)]
    evening.users.lost.add(2)
    items = await register_all(evening, asked)
    assert [item.error.status for item in items] == ["", "UNAVAILABLE", ""]
    evening.users.lost.clear()
    again = await register_all(evening, asked)
    assert [item.response.session.registration.position for item in again] == [1, 3, 2]


async def test_users_is_not_asked_of_those_whom_the_caller_knows_to_be_registered(
    evening: Evening,
) -> None:
    session = await evening.open()
    asked = [joining(evening, user, session.id) for user in (1, 2, STRANGER)]
    asked[0].registered = asked[1].registered = True
    evening.users.lost.update({1, 2})
    items = await register_all(evening, asked)
    evening.users.lost.clear()
    assert [item.response.session.registration.position for item in items] == [1, 2, 0]
    assert items[2].error.reason == "NOT_REGISTERED"


async def test_a_repeated_batch_answers_the_same(evening: Evening) -> None:
    session = await evening.open(capacity=2)
    asked = [joining(evening, user, session.id) for user in (1, 2, 3, STRANGER)]
    first = await register_all(evening, asked)
    await evening.leave(1, session.id)
    assert list(map(outcome, await register_all(evening, asked))) == list(map(outcome, first))
    assert (await evening.card(session.id)).session.taken == 2


async def test_who_came_in_a_batch_sees_himself_though_the_standby_is_behind(
    evening: Evening, postgres: PostgresPair
) -> None:
    session = await evening.open()
    await postgres.pause_replay()
    try:
        await register_all(evening, [joining(evening, user, session.id) for user in (1, 2)])
        assert (await evening.card(session.id, 2)).registration.position == 2
    finally:
        await postgres.resume_replay()


async def test_notices_belong_to_the_trace_of_who_caused_them(evening: Evening) -> None:
    session = await evening.open(needs_approval=True, price=0)
    asked = [joining(evening, user, session.id) for user in (1, 2, 3)]
    await register_all(evening, asked, *TRACES)
    told = await evening.notices(session.id)
    traces = {notice.facts.other_user_id: notice.traceparent.split("-")[1] for notice in told}
    assert traces == {user: TRACES[user - 1].split("-")[1] for user in (1, 2, 3)}


async def test_a_batch_of_leaves_moves_the_queue_in_and_fails_nobody_else(
    evening: Evening,
) -> None:
    session = await evening.open(capacity=3)
    for user in range(1, 7):
        await evening.register(user, session.id)
    asked = [leaving(evening, user, session.id) for user in (1, 2, 1, 99)]
    asked.append(leaving(evening, 3, NOWHERE))
    asked[2].write.request_id += "\0"
    items = await leave_all(evening, asked)
    assert [item.error.reason or item.error.status for item in items] == [
        "", "", "MALFORMED", "", "SESSION_NOT_FOUND",
    ]  # fmt: skip
    assert [item.response.already for item in items] == [False, False, False, True, False]
    cards = [(await evening.card(session.id, user)).registration for user in (3, 4, 5, 6)]
    assert [card.status for card in cards] == [CONFIRMED] * 3 + [WAITLISTED]
    assert [card.position for card in cards] == [1, 2, 3, 1]
