"""Openings over real gRPC and Postgres: nobody gets in early, and who scales can ask."""

from __future__ import annotations

import pytest
from fotbot.sessions.v1 import sessions_service_pb2 as messages
from google.protobuf.timestamp_pb2 import Timestamp
from sqlalchemy import text

from services.chassis.errors import Kind, RemoteRefusal
from services.local.stores.postgres import PostgresPair
from tests.sessions.crowding import joining, outcome, register_all
from tests.sessions.evening import ADMIN, ORGANISER, Evening, at

PLAYER = 5


async def openings(
    evening: Evening, since: float, until: float, size: int = 0, token: str = ""
) -> messages.ListOpeningsResponse:
    request = messages.ListOpeningsRequest(
        opens_after=at(since), opens_before=at(until), page_size=size, page_token=token
    )
    answer: messages.ListOpeningsResponse = await evening.stub.ListOpenings(request)
    return answer


async def let_it_open(evening: Evening, session_id: int) -> None:
    """The moment has come, by the database's clock."""
    came = text("UPDATE sessions SET registration_opens_at = clock_timestamp() WHERE id = :id")
    async with evening.database.write() as transaction:
        await transaction.execute(came, {"id": session_id})


async def test_nobody_registers_before_the_opening_and_all_after_it_without_a_restart(
    evening: Evening,
) -> None:
    opens_at = at(3)
    session = await evening.open(registration_opens_at=opens_at)
    assert session.registration_opens_at == opens_at
    assert (await evening.card(session.id)).session.registration_opens_at == opens_at
    for person in (PLAYER, ORGANISER, ADMIN):
        with pytest.raises(RemoteRefusal) as refused:
            await evening.register(person, session.id)
        assert (refused.value.reason, refused.value.kind) == (
            "REGISTRATION_NOT_OPEN",
            Kind.CONFLICT,
        )
        told = {"opens_at": str(opens_at.seconds), "time_zone": session.venue.time_zone}
        assert refused.value.details == told
    assert (await evening.card(session.id)).session.taken == 0
    await let_it_open(evening, session.id)
    assert not (await evening.register(PLAYER, session.id)).already


async def test_a_team_does_not_register_before_the_opening(evening: Evening) -> None:
    session = await evening.open(squad_size=4, registration_opens_at=at(3))
    squad = (11, 12, 13, 14)
    team = evening.teams.know(11, squad)
    with pytest.raises(RemoteRefusal) as refused:
        await evening.register_team(11, session.id, team, squad)
    assert refused.value.reason == "REGISTRATION_NOT_OPEN"


async def test_in_a_crowd_the_early_are_refused_and_the_others_of_their_batch_get_in(
    evening: Evening,
) -> None:
    early, open_ = await evening.open(registration_opens_at=at(3)), await evening.open()
    requests = [joining(evening, n, (early, open_)[n % 2].id) for n in range(20, 28)]
    told = [outcome(item) for item in await register_all(evening, requests)]
    assert set(told[::2]) == {"REGISTRATION_NOT_OPEN"}
    assert (await evening.card(open_.id)).session.taken == 4
    assert (await evening.card(early.id)).session.taken == 0


@pytest.mark.parametrize("stamp", [at(-1), Timestamp(seconds=-(2**62)), Timestamp()])
async def test_a_moment_that_is_not_ahead_opens_at_once(evening: Evening, stamp: Timestamp) -> None:
    session = await evening.open(registration_opens_at=stamp)
    assert not session.HasField("registration_opens_at")
    await evening.register(PLAYER, session.id)
    put_off = await evening.edit(session.id, registration_opens_at=at(2))
    assert put_off.HasField("registration_opens_at")
    again = await evening.edit(session.id, registration_opens_at=stamp)
    assert not again.HasField("registration_opens_at")


@pytest.mark.parametrize("stamp", [at(25), at(30), Timestamp(seconds=2**62)])
async def test_an_opening_that_is_not_before_the_start_is_refused(
    evening: Evening, stamp: Timestamp
) -> None:
    with pytest.raises(RemoteRefusal) as refused:
        await evening.open(starts_at=at(20), ends_at=at(21), registration_opens_at=stamp)
    assert refused.value.reason == "OPENS_TOO_LATE"
    session = await evening.open(starts_at=at(20), ends_at=at(21))
    with pytest.raises(RemoteRefusal) as refused:
        await evening.edit(session.id, registration_opens_at=stamp)
    assert refused.value.reason == "OPENS_TOO_LATE"


async def test_openings_are_listed_by_page_each_once_the_soonest_first(evening: Evening) -> None:
    opened = [
        await evening.open(
            starts_at=at(200), ends_at=at(201), registration_opens_at=at(100 + n // 2)
        )
        for n in range(7)
    ]
    await evening.cancel(opened[3].id)
    await evening.open()
    seen: list[int] = []
    token = ""
    while True:
        answer = await openings(evening, 99, 103.5, 2, token)
        seen += [one.session_id for one in answer.openings]
        token = answer.next_page_token
        if not token:
            break
    assert seen == [session.id for session in opened if session is not opened[3]]
    assert not (await openings(evening, 104, 110)).openings
    only = (await openings(evening, 102.5, 103.5)).openings[0]
    assert (only.opens_at, only.capacity) == (opened[6].registration_opens_at, 10)


async def test_as_many_taps_are_expected_as_the_venues_last_sessions_had_people(
    evening: Evening, postgres: PostgresPair
) -> None:
    venue = await evening.venue()
    for n in range(11):
        past = await evening.open(
            venue_id=venue.id, starts_at=at(24 + 2 * n), ends_at=at(25 + 2 * n), capacity=2
        )
        for person in (100, 101, 200 + n):
            await evening.register(person, past.id)
        back = text(
            "UPDATE sessions SET starts_at = starts_at - interval '90 day',"
            " ends_at = ends_at - interval '90 day' WHERE id = :id"
        )
        async with evening.database.write() as transaction:
            await transaction.execute(back, {"id": past.id})
    opening = {"registration_opens_at": at(50), "starts_at": at(60), "ends_at": at(61)}
    crowded = await evening.open(venue_id=venue.id, capacity=4, **opening)
    quiet = await evening.open(capacity=4, **opening)
    await postgres.catch_up()
    expected = {
        one.session_id: one.expected_taps for one in (await openings(evening, 49, 51)).openings
    }
    # The two regulars and those who came to one of the last ten.
    assert (expected[crowded.id], expected[quiet.id]) == (3 * 12, 3 * 4)


@pytest.mark.parametrize("token", ["x", "AAAA", "%", "A" * 1000])
async def test_a_token_that_was_not_given_out_is_refused(evening: Evening, token: str) -> None:
    with pytest.raises(RemoteRefusal) as refused:
        await openings(evening, 0, 1, 1, token)
    assert refused.value.reason == "PAGE_TOKEN_INVALID"
