"""What an evening in play refuses, over real gRPC: each a reason, the right status, no effect."""

from __future__ import annotations

import base64
import struct
from collections.abc import Awaitable
from typing import Any

import pytest
from fotbot.sessions.v1.match_pb2 import LineUp
from sqlalchemy import text

from services.chassis.errors import Kind, RemoteRefusal
from tests.sessions.evening import ADMIN, ORGANISER, OTHER_ORGANISER, Evening, at
from tests.sessions.evening_pitch import (
    add,
    begun,
    choose,
    finish,
    finish_match,
    gathered,
    leaders,
    look,
    reopen_match,
    score,
    start,
    undo,
)

PLAYER, NOBODY = 5, 2**63 - 1


async def refused(call: Awaitable[Any], reason: str, kind: Kind = Kind.CONFLICT) -> None:
    with pytest.raises(RemoteRefusal) as caught:
        await call
    assert (caught.value.reason, caught.value.kind) == (reason, kind)


async def test_only_the_sessions_organiser_and_admins_run_it(evening: Evening) -> None:
    session_id, people = await gathered(evening, 10)
    for stranger in (people[0], PLAYER, OTHER_ORGANISER):
        await refused(start(evening, session_id, stranger), "NOT_ALLOWED", Kind.FORBIDDEN)
    assert evening.sides.asked == [] or evening.sides.asked[-1].session_id != session_id
    playing = await start(evening, session_id, ADMIN)
    match = await add(evening, playing)
    home = playing.line_ups[0]
    for stranger in (people[0], OTHER_ORGANISER):
        for call in (
            add(evening, playing, actor=stranger),
            score(evening, match.id, home, actor=stranger),
            undo(evening, match.id, actor=stranger),
            finish_match(evening, match.id, stranger),
            reopen_match(evening, match.id, stranger),
            finish(evening, session_id, stranger),
            choose(evening, session_id, people[0], stranger),
        ):
            await refused(call, "NOT_ALLOWED", Kind.FORBIDDEN)


@pytest.mark.parametrize("absent", [0, -1, NOBODY])
async def test_what_is_not_there_is_not_found(evening: Evening, absent: int) -> None:
    not_found = Kind.NOT_FOUND
    await refused(start(evening, absent), "SESSION_NOT_FOUND", not_found)
    await refused(look(evening, absent), "SESSION_NOT_FOUND", not_found)
    await refused(finish(evening, absent), "SESSION_NOT_FOUND", not_found)
    await refused(choose(evening, absent, 1), "SESSION_NOT_FOUND", not_found)
    side = LineUp(side_id=1, player_ids=[1])
    await refused(score(evening, absent, side), "MATCH_NOT_FOUND", not_found)
    await refused(undo(evening, absent), "MATCH_NOT_FOUND", not_found)
    await refused(finish_match(evening, absent), "MATCH_NOT_FOUND", not_found)
    await refused(reopen_match(evening, absent), "MATCH_NOT_FOUND", not_found)


async def test_a_start_more_than_an_hour_ahead_is_too_early(evening: Evening) -> None:
    session_id, _ = await gathered(evening, 10, starts_at=at(1.1), ends_at=at(3))
    await refused(start(evening, session_id), "TOO_EARLY")
    assert (await look(evening, session_id)).forecast.refusal == "TOO_EARLY"


@pytest.mark.parametrize("people", [0, 1, 9])
async def test_fewer_than_two_sides_of_the_format_do_not_start(
    evening: Evening, people: int
) -> None:
    session_id, _ = await gathered(evening, people)
    await refused(start(evening, session_id), "TOO_FEW_PLAYERS")
    assert (await look(evening, session_id)).forecast.refusal == "TOO_FEW_PLAYERS"
    assert not (await look(evening, session_id)).evening.line_ups


async def test_more_than_six_sides_do_not_start(evening: Evening) -> None:
    session_id, _ = await gathered(evening, 35, squad_size=5, capacity=40)
    await refused(start(evening, session_id), "TOO_MANY_SIDES")
    assert (await look(evening, session_id)).forecast.refusal == "TOO_MANY_SIDES"


async def test_a_cancelled_session_does_not_start(evening: Evening) -> None:
    session_id, _ = await gathered(evening, 10)
    await evening.cancel(session_id)
    await refused(start(evening, session_id), "SESSION_CANCELLED")


async def test_a_finished_session_does_not_start_again(evening: Evening) -> None:
    playing = await begun(evening, 10)
    await finish(evening, playing.session.id)
    await refused(start(evening, playing.session.id), "SESSION_FINISHED")


async def test_nothing_is_played_before_the_start_and_after_the_end(evening: Evening) -> None:
    session_id, people = await gathered(evening, 10)
    await refused(finish(evening, session_id), "SESSION_NOT_PLAYING")
    await refused(choose(evening, session_id, people[0]), "SESSION_NOT_FINISHED")
    playing = await start(evening, session_id)
    match = await add(evening, playing)
    await refused(choose(evening, session_id, people[0]), "SESSION_NOT_FINISHED")
    await finish(evening, session_id)
    for call in (
        add(evening, playing),
        score(evening, match.id, playing.line_ups[0]),
        undo(evening, match.id),
        finish_match(evening, match.id),
        reopen_match(evening, match.id),
    ):
        await refused(call, "SESSION_NOT_PLAYING")


async def test_a_played_session_takes_nobody_and_cannot_be_changed(evening: Evening) -> None:
    playing = await begun(evening, 10)
    session_id = playing.session.id
    await refused(evening.register(PLAYER, session_id), "SESSION_STARTED")
    player = playing.line_ups[0].player_ids[0]
    await refused(evening.leave(player, session_id), "SESSION_STARTED")
    await refused(evening.edit(session_id, capacity=40), "SESSION_STARTED")
    await refused(evening.cancel(session_id), "SESSION_STARTED")


async def test_a_match_is_between_two_sides_of_the_evening(evening: Evening) -> None:
    playing, elsewhere = await begun(evening, 10), await begun(evening, 10)
    await refused(add(evening, playing, 0, 0), "SIDES_EQUAL", Kind.INVALID)
    playing.line_ups[1].CopyFrom(elsewhere.line_ups[0])
    await refused(add(evening, playing), "SIDE_NOT_FOUND", Kind.NOT_FOUND)
    assert not (await look(evening, playing.session.id)).evening.matches


async def test_more_matches_than_anybody_plays_are_refused(evening: Evening) -> None:
    playing = await begun(evening, 10)
    many = text(
        "INSERT INTO matches (session_id, number, home_side_id, away_side_id)"
        " SELECT :session, n, :home, :away FROM generate_series(1, 60) n"
    )
    sides = {"home": playing.line_ups[0].side_id, "away": playing.line_ups[1].side_id}
    async with evening.database.write() as transaction:
        await transaction.execute(many, {"session": playing.session.id, **sides})
    await refused(add(evening, playing), "TOO_MANY_MATCHES")


async def test_a_goal_is_scored_by_and_passed_by_players_of_its_side(evening: Evening) -> None:
    playing = await begun(evening, 15)
    home, away, third = playing.line_ups
    match = await add(evening, playing)
    invalid = Kind.INVALID
    await refused(score(evening, match.id, third), "SIDE_NOT_FOUND", Kind.NOT_FOUND)
    for stranger in (away.player_ids[0], ORGANISER, NOBODY, -1):
        call = score(evening, match.id, home, scorer_id=stranger)
        await refused(call, "PLAYER_NOT_IN_SIDE", invalid)
        call = score(evening, match.id, home, assist_id=stranger)
        await refused(call, "PLAYER_NOT_IN_SIDE", invalid)
    own = score(evening, match.id, home, 0, assist_id=home.player_ids[0])
    await refused(own, "ASSIST_OWN", invalid)
    nobodys = score(evening, match.id, home, None, assist_id=home.player_ids[0])
    await refused(nobodys, "ASSIST_WITHOUT_SCORER", invalid)
    assert not (await look(evening, playing.session.id)).evening.matches[0].goals


async def test_a_match_that_is_over_takes_no_goals(evening: Evening) -> None:
    playing = await begun(evening, 10)
    match = await add(evening, playing)
    await finish_match(evening, match.id)
    await refused(score(evening, match.id, playing.line_ups[0]), "MATCH_FINISHED")
    await refused(undo(evening, match.id), "MATCH_FINISHED")


async def test_the_man_of_the_session_has_played_in_it(evening: Evening) -> None:
    playing = await begun(evening, 10)
    await finish(evening, playing.session.id)
    for stranger in (ORGANISER, 0, -1, NOBODY):
        call = choose(evening, playing.session.id, stranger)
        await refused(call, "PLAYER_NOT_IN_SIDE", Kind.INVALID)


async def test_a_coupon_that_is_used_cannot_go_to_another(evening: Evening) -> None:
    playing = await begun(evening, 10)
    session_id, (man, other) = playing.session.id, playing.line_ups[0].player_ids[:2]
    await finish(evening, session_id)
    await choose(evening, session_id, man)
    coming = await evening.open()
    await evening.register(man, coming.id)
    await evening.use_coupons(man, coming.id, 1)
    await refused(choose(evening, session_id, other), "COUPON_USED")
    assert (await look(evening, session_id)).evening.session.man_of_session_id == man
    await evening.leave(man, coming.id)
    assert (await choose(evening, session_id, other)).session.man_of_session_id == other


def _token(*packed: int) -> str:
    return base64.urlsafe_b64encode(struct.pack(">BI", *packed)).decode().rstrip("=")


@pytest.mark.parametrize(
    "token", ["x", "xxxxxxx", "A" * 17, "é", _token(2, 10), _token(1, 1_000_001), "AQ" * 8]
)
async def test_a_token_that_was_never_given_out_is_refused(evening: Evening, token: str) -> None:
    await refused(leaders(evening, page_token=token), "PAGE_TOKEN_INVALID", Kind.INVALID)


async def test_an_order_that_there_is_not_is_refused(evening: Evening) -> None:
    await refused(leaders(evening, order=5), "ORDER_INVALID", Kind.INVALID)
    await refused(leaders(evening, order=-1), "ORDER_INVALID", Kind.INVALID)


@pytest.mark.parametrize("season", [-2, -(2**31), 2**31 - 1, 32_768])
async def test_what_is_no_year_is_a_career(evening: Evening, season: int) -> None:
    assert await leaders(evening, season=season) == await leaders(evening, season=0)
