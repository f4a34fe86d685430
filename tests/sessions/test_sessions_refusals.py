"""What the sessions service refuses, over real gRPC: each a reason, the right status, no effect."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any

import pytest
from fotbot.common.v1.write_pb2 import WriteContext
from fotbot.sessions.v1 import session_pb2
from fotbot.sessions.v1 import sessions_service_pb2 as messages
from fotbot.users.v1 import user_pb2
from google.protobuf.timestamp_pb2 import Timestamp

from services.chassis.errors import Kind, RemoteRefusal
from tests.sessions.evening import ADMIN, ORGANISER, OTHER_ORGANISER, Evening, at

PLAYER = 5
HOUR_AGO, NEVER, YEAR_9999 = -1, Timestamp(), Timestamp(seconds=253_402_300_799)
ABSURD = Timestamp(seconds=2**62)


async def refusal(call: Awaitable[Any]) -> RemoteRefusal:
    with pytest.raises(RemoteRefusal) as caught:
        await call
    return caught.value


async def reason(call: Awaitable[Any]) -> str:
    return (await refusal(call)).reason


@pytest.mark.parametrize("capacity", [0, -1, 1, 101, 1_000_000_000, -(2**31), 2**31 - 1])
async def test_a_capacity_outside_2_to_100_is_refused(evening: Evening, capacity: int) -> None:
    refused = await refusal(evening.open(capacity=capacity))
    assert (refused.reason, refused.kind) == ("CAPACITY_INVALID", Kind.INVALID)
    session = await evening.open()
    assert await reason(evening.edit(session.id, capacity=capacity)) == "CAPACITY_INVALID"


@pytest.mark.parametrize("capacity", [2, 100])
async def test_2_and_100_places_are_good(evening: Evening, capacity: int) -> None:
    assert (await evening.open(capacity=capacity)).capacity == capacity


@pytest.mark.parametrize("price", [-1, 10_000_001, 2**63 - 1, -(2**63)])
async def test_a_price_outside_0_to_10_million_is_refused(evening: Evening, price: int) -> None:
    assert await reason(evening.open(price=price)) == "PRICE_INVALID"
    session = await evening.open()
    assert await reason(evening.edit(session.id, price=price)) == "PRICE_INVALID"


@pytest.mark.parametrize(
    ("starts_at", "ends_at", "expected"),
    [
        (at(HOUR_AGO), at(1), "STARTS_IN_PAST"),
        (NEVER, at(1), "STARTS_IN_PAST"),
        (Timestamp(seconds=-(2**62)), at(1), "STARTS_IN_PAST"),
        (at(24 * 367), at(24 * 367 + 1), "STARTS_TOO_FAR"),
        (YEAR_9999, YEAR_9999, "STARTS_TOO_FAR"),
        (ABSURD, ABSURD, "STARTS_TOO_FAR"),
        (at(24), at(24), "ENDS_BEFORE_START"),
        (at(24), at(23), "ENDS_BEFORE_START"),
        (at(24), NEVER, "ENDS_BEFORE_START"),
        (at(24), at(48.1), "TOO_LONG"),
        (at(24), ABSURD, "TOO_LONG"),
    ],
)
async def test_impossible_times_are_refused(
    evening: Evening, starts_at: Timestamp, ends_at: Timestamp, expected: str
) -> None:
    assert await reason(evening.open(starts_at=starts_at, ends_at=ends_at)) == expected
    session = await evening.open()
    edited = evening.edit(session.id, starts_at=starts_at, ends_at=ends_at)
    assert await reason(edited) == expected


async def test_a_start_without_an_end_is_refused(evening: Evening) -> None:
    session = await evening.open()
    assert await reason(evening.edit(session.id, starts_at=at(30))) == "ENDS_BEFORE_START"
    assert await reason(evening.edit(session.id, ends_at=at(30))) == "ENDS_BEFORE_START"


@pytest.mark.parametrize("number", [session_pb2.FORMAT_UNSPECIFIED, 99, -1])
async def test_an_unknown_format_is_refused(evening: Evening, number: int) -> None:
    assert await reason(evening.open(format=number)) == "FORMAT_INVALID"


@pytest.mark.parametrize("name", ["", "   ", "\x00\x07", "\u202e\u2066", "\u200d", "x" * 65])
async def test_a_name_that_is_none_is_refused(evening: Evening, name: str) -> None:
    request = messages.CreateVenueRequest(write=evening.write(ORGANISER), name=name)
    assert await reason(evening.stub.CreateVenue(request)) == "VENUE_NAME_INVALID"


@pytest.mark.parametrize(
    "zone", ["Mars/Olympus", "../../etc/passwd", "Asia", "asia/tashkent", "\x00", "z" * 5000]
)
async def test_an_unknown_zone_is_refused(evening: Evening, zone: str) -> None:
    request = messages.CreateVenueRequest(
        write=evening.write(ORGANISER), name="Arena", time_zone=zone
    )
    assert await reason(evening.stub.CreateVenue(request)) == "TIME_ZONE_UNKNOWN"


@pytest.mark.parametrize("id_", [0, -1, 2**62, 2**63 - 1])
async def test_what_is_not_there_is_not_found(evening: Evening, id_: int) -> None:
    assert await reason(evening.open(venue_id=id_)) == "VENUE_NOT_FOUND"
    assert await reason(evening.card(id_)) == "SESSION_NOT_FOUND"
    assert await reason(evening.register(PLAYER, id_)) == "SESSION_NOT_FOUND"
    assert await reason(evening.leave(PLAYER, id_)) == "SESSION_NOT_FOUND"
    assert await reason(evening.edit(id_, price=1)) == "SESSION_NOT_FOUND"
    assert (await refusal(evening.cancel(id_))).kind is Kind.NOT_FOUND


async def test_a_player_may_not_organise(evening: Evening) -> None:
    session = await evening.open()
    request = messages.CreateVenueRequest(write=evening.write(PLAYER), name="Mine")
    refused = await refusal(evening.stub.CreateVenue(request))
    assert (refused.reason, refused.kind) == ("NOT_ALLOWED", Kind.FORBIDDEN)
    assert await reason(evening.open(write=evening.write(PLAYER))) == "NOT_ALLOWED"
    assert await reason(evening.edit(session.id, PLAYER, price=1)) == "NOT_ALLOWED"
    assert await reason(evening.cancel(session.id, PLAYER)) == "NOT_ALLOWED"


async def test_another_organisers_session_is_for_admins_only(evening: Evening) -> None:
    session = await evening.open()
    assert await reason(evening.edit(session.id, OTHER_ORGANISER, price=1)) == "NOT_ALLOWED"
    assert await reason(evening.cancel(session.id, OTHER_ORGANISER)) == "NOT_ALLOWED"
    assert (await evening.edit(session.id, ADMIN, price=1)).price == 1
    assert (await evening.cancel(session.id, ADMIN)).id == session.id


async def test_a_demoted_organiser_may_not_write_a_moment_later(evening: Evening) -> None:
    organiser = evening.users.know(950, user_pb2.ROLE_ORGANISER)
    session = await evening.open(write=evening.write(organiser))
    evening.users.know(organiser, user_pb2.ROLE_PLAYER)
    assert await reason(evening.cancel(session.id, organiser)) == "NOT_ALLOWED"


async def test_who_has_not_finished_onboarding_gets_no_place(evening: Evening) -> None:
    session = await evening.open()
    newcomer = evening.users.know(960, registered=False)
    assert await reason(evening.register(newcomer, session.id)) == "NOT_REGISTERED"
    assert await reason(evening.register(999_999, session.id)) == "NOT_REGISTERED"
    evening.users.know(newcomer)
    assert (await evening.register(newcomer, session.id)).already is False


async def test_a_cancelled_session_takes_nobody_and_no_edit(evening: Evening) -> None:
    session = await evening.open()
    await evening.cancel(session.id)
    assert await reason(evening.register(PLAYER, session.id)) == "SESSION_CANCELLED"
    refused = await refusal(evening.edit(session.id, price=1))
    assert (refused.reason, refused.kind) == ("SESSION_CANCELLED", Kind.CONFLICT)


async def test_a_started_session_stays_as_it_is(evening: Evening) -> None:
    session = await evening.open()
    await evening.register(PLAYER, session.id)
    await evening.start(session.id)
    assert await reason(evening.register(6, session.id)) == "SESSION_STARTED"
    assert await reason(evening.leave(PLAYER, session.id)) == "SESSION_STARTED"
    assert await reason(evening.edit(session.id, price=1)) == "SESSION_STARTED"
    assert await reason(evening.cancel(session.id)) == "SESSION_STARTED"


async def test_fewer_places_than_are_taken_are_refused(evening: Evening) -> None:
    session = await evening.open(capacity=4)
    for user in (1, 2, 3):
        await evening.register(user, session.id)
    refused = await refusal(evening.edit(session.id, capacity=2))
    assert (refused.reason, refused.details) == ("CAPACITY_BELOW_TAKEN", {"taken": "3"})
    assert (await evening.edit(session.id, capacity=3)).capacity == 3


async def test_a_venue_is_booked_once_at_a_time(evening: Evening) -> None:
    venue = await evening.venue()
    first = await evening.open(venue_id=venue.id, starts_at=at(24), ends_at=at(26))
    overlapping = evening.open(venue_id=venue.id, starts_at=at(25), ends_at=at(27))
    assert await reason(overlapping) == "VENUE_BUSY"
    other = await evening.open()
    assert await reason(evening.edit(other.id, venue_id=venue.id)) == "VENUE_BUSY"
    moved = await evening.edit(first.id, starts_at=at(24.5), ends_at=at(26.5))
    assert moved.version == 2
    await evening.cancel(first.id)
    assert (await evening.edit(other.id, venue_id=venue.id)).venue.id == venue.id


async def test_a_write_needs_an_actor_and_a_request_id(evening: Evening) -> None:
    session = await evening.open()
    for write, expected in (
        (WriteContext(actor_id=1), "REQUEST_ID_MISSING"),
        (WriteContext(actor_id=0, request_id="a"), "ACTOR_MISSING"),
        (WriteContext(actor_id=-5, request_id="a"), "ACTOR_MISSING"),
        (WriteContext(actor_id=1, request_id="x" * 10_000), "REQUEST_ID_MISSING"),
    ):
        request = messages.RegisterRequest(write=write, session_id=session.id)
        assert await reason(evening.stub.Register(request)) == expected
    assert (await evening.card(session.id)).session.taken == 0
