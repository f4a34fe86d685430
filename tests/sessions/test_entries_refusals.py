"""What is refused about entries and money, over real gRPC: each a reason, and no effect."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any

import pytest
from fotbot.sessions.v1 import entries_service_pb2 as messages
from fotbot.sessions.v1 import sessions_service_pb2 as session_messages

from services.chassis.errors import RemoteRefusal
from tests.sessions.evening import ADMIN, ORGANISER, OTHER_ORGANISER, Evening, at

SQUAD = (11, 12, 13, 14)


async def reason(call: Awaitable[Any]) -> str:
    with pytest.raises(RemoteRefusal) as refused:
        await call
    return refused.value.reason


async def entry_of(evening: Evening, user: int, session_id: int) -> int:
    return (await evening.register(user, session_id)).session.registration.entry_id


@pytest.mark.parametrize("squad_size", [-1, 1, 3, 16, 1000])
async def test_a_squad_outside_4_to_15_is_refused(evening: Evening, squad_size: int) -> None:
    assert await reason(evening.open(squad_size=squad_size)) == "SQUAD_SIZE_INVALID"


@pytest.mark.parametrize(
    ("captain", "players", "expected"),
    [
        (11, SQUAD[:3], "PLAYERS_COUNT_WRONG"),
        (11, (), "PLAYERS_COUNT_WRONG"),
        (11, (*SQUAD, 15), "PLAYERS_COUNT_WRONG"),
        (11, (11, 11, 12, 13), "PLAYERS_COUNT_WRONG"),
        (11, range(11, 10_000), "PLAYERS_COUNT_WRONG"),
        (11, (11, 12, 13, 77), "NOT_A_MEMBER"),
        (11, (11, 12, 13, -(2**63)), "NOT_A_MEMBER"),
        (12, SQUAD, "NOT_ALLOWED"),
        (99, SQUAD, "NOT_ALLOWED"),
    ],
)
async def test_a_squad_that_is_none_is_refused(
    evening: Evening, captain: int, players: tuple[int, ...], expected: str
) -> None:
    session = await evening.open(squad_size=4)
    team = evening.teams.know(11, (*SQUAD, 15))
    refused = evening.register_team(captain, session.id, team, players)
    assert await reason(refused) == expected
    assert (await evening.card(session.id)).session.taken == 0


@pytest.mark.parametrize("team_id", [0, -1, 999_999, 2**63 - 1])
async def test_a_team_that_is_not_there_is_not_found(evening: Evening, team_id: int) -> None:
    session = await evening.open(squad_size=4)
    refused = evening.register_team(11, session.id, team_id, SQUAD)
    assert await reason(refused) == "TEAM_NOT_FOUND"


async def test_nobody_plays_twice_in_a_session(evening: Evening) -> None:
    session = await evening.open(squad_size=4, capacity=20)
    team = evening.teams.know(11, SQUAD)
    other = evening.teams.know(21, (21, 22, 23, 12))
    await evening.register(14, session.id)
    refused = evening.register_team(11, session.id, team, SQUAD)
    assert await reason(refused) == "PLAYER_ALREADY_IN"
    await evening.leave(14, session.id)
    await evening.register_team(11, session.id, team, SQUAD)
    assert await reason(evening.register(14, session.id)) == "PLAYER_ALREADY_IN"
    assert await reason(evening.register(11, session.id)) == "PLAYER_ALREADY_IN"
    refused = evening.register_team(21, session.id, other, (21, 22, 23, 12))
    assert await reason(refused) == "PLAYER_ALREADY_IN"


async def test_a_squad_larger_than_the_session_never_waits_for_nothing(evening: Evening) -> None:
    session = await evening.open(squad_size=4, capacity=3)
    team = evening.teams.know(11, SQUAD)
    refused = evening.register_team(11, session.id, team, SQUAD)
    assert await reason(refused) == "SQUAD_OVER_CAPACITY"
    other = await evening.open(squad_size=4, capacity=5)
    for user in (1, 2):
        await evening.register(user, other.id)
    await evening.register_team(11, other.id, team, SQUAD)
    assert await reason(evening.edit(other.id, capacity=3)) == "CAPACITY_BELOW_TAKEN"


async def test_a_teams_entry_is_its_captains_business(evening: Evening) -> None:
    session = await evening.open(squad_size=4)
    team = evening.teams.know(11, SQUAD)
    await evening.register_team(11, session.id, team, SQUAD)
    for call in (
        evening.leave(12, session.id),
        evening.use_coupons(12, session.id, 1),
        evening.show_receipt(12, session.id),
    ):
        assert await reason(call) == "CAPTAINS_BUSINESS"


async def test_money_is_taken_only_where_it_is_due(evening: Evening) -> None:
    free = await evening.open(price=0)
    assert await reason(evening.show_receipt(1, free.id)) == "NO_ENTRY"
    assert await reason(evening.use_coupons(1, free.id, 1)) == "NO_ENTRY"
    await evening.register(1, free.id)
    assert await reason(evening.show_receipt(1, free.id)) == "PAYMENT_NOT_DUE"
    assert await reason(evening.use_coupons(1, free.id, 1)) == "PAYMENT_NOT_DUE"
    full = await evening.open(capacity=2)
    for user in (1, 2, 3):
        await evening.register(user, full.id)
    assert await reason(evening.show_receipt(3, full.id)) == "PAYMENT_NOT_DUE"
    entry_id = (await evening.card(full.id, 1)).registration.entry_id
    await evening.approve(entry_id)
    assert await reason(evening.show_receipt(1, full.id)) == "PAYMENT_NOT_DUE"
    assert await reason(evening.settle(entry_id)) == "REFUND_NOT_DUE"


async def test_coupons_that_are_not_there_are_not_used(evening: Evening) -> None:
    session = await evening.open()
    await evening.give_coupons(201, 201)
    await evening.register(201, session.id)
    for count in (-1, 2, 2**31 - 1):
        assert await reason(evening.use_coupons(201, session.id, count)) == "COUPONS_TOO_FEW"
    await evening.show_receipt(201, session.id)
    assert await reason(evening.use_coupons(201, session.id, 1)) == "PAYMENT_NOT_DUE"


@pytest.mark.parametrize("file_id", ["", "x" * 513, "a\x00b", "a b\n", "фото"])
async def test_what_is_no_photo_is_refused(evening: Evening, file_id: str) -> None:
    session = await evening.open()
    await evening.register(1, session.id)
    assert await reason(evening.show_receipt(1, session.id, file_id)) == "RECEIPT_INVALID"


async def test_only_who_runs_the_session_decides(evening: Evening) -> None:
    session = await evening.open()
    entry_id = await entry_of(evening, 1, session.id)
    for actor in (1, OTHER_ORGANISER):
        assert await reason(evening.approve(entry_id, actor)) == "NOT_ALLOWED"
        assert await reason(evening.reject(entry_id, "no", actor)) == "NOT_ALLOWED"
        assert await reason(evening.settle(entry_id, actor=actor)) == "NOT_ALLOWED"
        assert await reason(evening.entry(entry_id, actor)) == "NOT_ALLOWED"
        listing = messages.ListEntriesRequest(actor_id=actor, session_id=session.id)
        assert await reason(evening.entries.ListEntries(listing)) == "NOT_ALLOWED"
    assert (await evening.entry(entry_id, ADMIN)).id == entry_id
    assert await reason(evening.entries.ListAwaiting(messages.ListAwaitingRequest(actor_id=1))) == (
        "NOT_ALLOWED"
    )
    spying = messages.ListCouponsRequest(actor_id=ADMIN, user_id=1)
    assert await reason(evening.entries.ListCoupons(spying)) == "NOT_ALLOWED"
    everything = session_messages.ListAllSessionsRequest(actor_id=1)
    assert await reason(evening.stub.ListAllSessions(everything)) == "NOT_ALLOWED"


@pytest.mark.parametrize("entry_id", [0, -1, 2**62, -(2**63)])
async def test_an_entry_that_is_not_there_is_not_found(evening: Evening, entry_id: int) -> None:
    for call in (evening.approve, evening.reject, evening.settle, evening.entry):
        assert await reason(call(entry_id)) == "ENTRY_NOT_FOUND"


async def test_an_entry_is_decided_while_it_lives(evening: Evening) -> None:
    session = await evening.open(capacity=2)
    ids = [await entry_of(evening, user, session.id) for user in (1, 2, 3)]
    assert await reason(evening.approve(ids[2])) == "ENTRY_WAITING"
    for empty in ("", "  ", "\u202e\x00"):
        assert await reason(evening.reject(ids[2], empty)) == "REASON_EMPTY"
    await evening.leave(1, session.id)
    assert await reason(evening.approve(ids[0])) == "ENTRY_ENDED"
    assert await reason(evening.reject(ids[0])) == "ENTRY_ENDED"
    await evening.start(session.id)
    assert await reason(evening.reject(ids[1])) == "SESSION_STARTED"


async def test_attendance_is_marked_near_the_start_and_of_players_only(evening: Evening) -> None:
    def mark(session_id: int, user: int, actor: int = ORGANISER) -> Awaitable[Any]:
        request = messages.MarkAttendanceRequest(
            write=evening.write(actor), session_id=session_id, user_id=user, attended=True
        )
        call: Awaitable[Any] = evening.entries.MarkAttendance(request)
        return call

    early = await evening.open()
    await evening.register(1, early.id)
    assert await reason(mark(early.id, 1)) == "SESSION_NOT_STARTED"
    near = await evening.open(starts_at=at(0.5), ends_at=at(2))
    assert await reason(mark(near.id, 1)) == "NOT_A_MEMBER"
    assert await reason(mark(near.id, 1, 5)) == "NOT_ALLOWED"
    assert await reason(mark(0, 1)) == "ENTRY_NOT_FOUND"


@pytest.mark.parametrize("token", ["garbage", "AAAA", "a" * 10_000])
async def test_a_page_token_that_was_not_given_out_is_refused(evening: Evening, token: str) -> None:
    session = await evening.open()
    listing = messages.ListEntriesRequest(
        actor_id=ORGANISER, session_id=session.id, page_token=token
    )
    assert await reason(evening.entries.ListEntries(listing)) == "PAGE_TOKEN_INVALID"
