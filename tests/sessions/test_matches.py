"""An evening in play over real gRPC: start, matches, goals, the end, and who was the best."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from fotbot.sender.v1 import notice_pb2
from fotbot.sessions.v1 import matches_service_pb2 as messages
from fotbot.sessions.v1 import session_pb2
from fotbot.sessions.v1.match_pb2 import MATCH_STATUS_FINISHED, MATCH_STATUS_PLAYING
from sqlalchemy import text

from tests.sessions.evening import ADMIN, ORGANISER, Evening
from tests.sessions.evening_pitch import (
    add,
    begun,
    choose,
    finish,
    finish_match,
    gathered,
    leaders,
    look,
    player,
    reopen_match,
    score,
    start,
    undo,
)

STARTED = session_pb2.SESSION_STATUS_STARTED
FINISHED = session_pb2.SESSION_STATUS_FINISHED


async def deeds(evening: Evening, session_id: int) -> list[tuple[int, str, int | None, str]]:
    """Who did what in a session, in order."""
    told = text(
        "SELECT actor_id, action, subject_id, note FROM audit WHERE session_id = :id ORDER BY id"
    )
    async with evening.database.read_primary() as transaction:
        found = await transaction.execute(told, {"id": session_id})
        return [tuple(row) for row in found if row.action != "session.create"]


async def coupons_of(evening: Evening, session_id: int) -> list[tuple[int, str]]:
    """Whose coupon of the session is what."""
    told = text("SELECT user_id, status FROM coupons WHERE session_id = :id ORDER BY id")
    async with evening.database.read_primary() as transaction:
        return [tuple(row) for row in await transaction.execute(told, {"id": session_id})]


async def test_27_people_start_as_four_sides_although_one_bench_is_short(evening: Evening) -> None:
    session_id, people = await gathered(evening, 27)
    told = await look(evening, session_id)
    assert (list(told.forecast.side_sizes), told.forecast.refusal) == ([7, 7, 7, 6], "")
    playing = await start(evening, session_id)
    assert playing.session.status == STARTED
    assert [len(side.player_ids) for side in playing.line_ups] == [7, 7, 7, 6]
    assert [side.number for side in playing.line_ups] == [1, 2, 3, 4]
    assert [one for side in playing.line_ups for one in side.player_ids] == people
    assert [(row.place, row.played) for row in playing.table] == [(1, 0)] * 4
    now = await look(evening, session_id)
    assert now.evening == playing
    assert not now.HasField("forecast")


async def test_teams_play_as_they_are_and_individuals_in_a_side_of_their_own(
    evening: Evening,
) -> None:
    session_id, people = await gathered(evening, 7, squad_size=7)
    members = [300, 301, 302, 303, 304, 305, 306]
    team = evening.teams.know(300, members)
    await evening.register_team(300, session_id, team, members)
    playing = await start(evening, session_id)
    reds, drawn = playing.line_ups
    assert (reds.team_id, reds.name, set(reds.player_ids)) == (team, f"Team {team}", set(members))
    assert (drawn.team_id, drawn.name, list(drawn.player_ids)) == (0, "", people)


async def test_starting_again_changes_nothing_and_asks_teams_no_more(evening: Evening) -> None:
    session_id, _ = await gathered(evening, 10)
    first = await start(evening, session_id)
    asked = len(evening.sides.asked)
    assert await start(evening, session_id) == first
    assert len(evening.sides.asked) == asked


async def test_a_repeated_start_gets_the_first_answer(evening: Evening) -> None:
    session_id, _ = await gathered(evening, 10)
    first = await start(evening, session_id, request_id="again")
    assert await start(evening, session_id, request_id="again") == first


async def test_two_who_start_at_once_start_it_once(evening: Evening) -> None:
    session_id, _ = await gathered(evening, 10)
    one, other = await asyncio.gather(
        start(evening, session_id), start(evening, session_id, actor=ADMIN)
    )
    assert one == other
    assert [deed[1] for deed in await deeds(evening, session_id)] == ["session.start"]


async def test_who_leaves_while_sides_are_formed_is_in_none_of_them(evening: Evening) -> None:
    session_id, people = await gathered(evening, 15)

    async def leaves() -> None:
        await evening.leave(people[3], session_id)

    evening.sides.between = leaves
    playing = await start(evening, session_id)
    assert sorted(one for side in playing.line_ups for one in side.player_ids) == [
        *people[:3],
        *people[4:],
    ]


async def test_who_waits_for_a_place_does_not_play_and_gets_none_later(evening: Evening) -> None:
    session_id, people = await gathered(evening, 12, capacity=10)
    told = await look(evening, session_id)
    assert told.forecast.waiting == 2
    playing = await start(evening, session_id)
    assert sum(len(side.player_ids) for side in playing.line_ups) == 10
    assert (playing.session.taken, playing.session.waitlisted) == (10, 0)
    assert not (await evening.card(session_id, people[11])).HasField("registration")


async def test_who_waits_for_a_decision_is_turned_down_and_told(evening: Evening) -> None:
    session_id, people = await gathered(evening, 11, needs_approval=True)
    entries = [(await evening.card(session_id, one)).registration.entry_id for one in people]
    for entry in entries[:10]:
        await evening.approve(entry)
    assert (await look(evening, session_id)).forecast.pending == 1
    playing = await start(evening, session_id)
    assert sum(len(side.player_ids) for side in playing.line_ups) == 10
    told = [one for one in await evening.notices(session_id) if one.user_id == people[10]]
    assert notice_pb2.NOTICE_KIND_REJECTED in [one.kind for one in told]


async def test_the_score_is_the_goals(evening: Evening) -> None:
    playing = await begun(evening)
    home, away = playing.line_ups
    match = await add(evening, playing)
    assert (match.number, match.status) == (1, MATCH_STATUS_PLAYING)
    assert (match.home_score, match.away_score, len(match.goals)) == (0, 0, 0)
    await score(evening, match.id, home, 0, assist_id=home.player_ids[1])
    await score(evening, match.id, away, 2)
    told = (await score(evening, match.id, home, None)).match
    assert (told.home_score, told.away_score) == (2, 1)
    assert [(goal.scorer_id, goal.assist_id) for goal in told.goals] == [
        (home.player_ids[0], home.player_ids[1]),
        (away.player_ids[2], 0),
        (0, 0),
    ]
    now = (await look(evening, playing.session.id)).evening
    assert list(now.matches) == [told]
    assert [(one.user_id, one.goals, one.assists) for one in now.figures] == [
        (home.player_ids[0], 1, 0),
        (away.player_ids[2], 1, 0),
        (home.player_ids[1], 0, 1),
    ]


async def test_an_undone_goal_does_not_count_and_is_kept(evening: Evening) -> None:
    playing = await begun(evening)
    home = playing.line_ups[0]
    match = await add(evening, playing)
    await score(evening, match.id, home, 0)
    await score(evening, match.id, home, 1)
    told = await undo(evening, match.id)
    assert (told.match.home_score, len(told.match.goals), told.unchanged) == (1, 1, False)
    await undo(evening, match.id)
    empty = await undo(evening, match.id)
    assert (empty.match.home_score, empty.unchanged) == (0, True)
    kept = text("SELECT count(*) FROM goals WHERE match_id = :id AND undone")
    async with evening.database.read_primary() as transaction:
        assert (await transaction.execute(kept, {"id": match.id})).scalar_one() == 2


async def test_a_second_tap_on_a_goal_scores_once(evening: Evening) -> None:
    playing = await begun(evening)
    home = playing.line_ups[0]
    match = await add(evening, playing)
    once, again = await asyncio.gather(
        score(evening, match.id, home, 0, last_goal_id=0),
        score(evening, match.id, home, 0, last_goal_id=0),
    )
    assert sorted([once.unchanged, again.unchanged]) == [False, True]
    assert once.match == again.match and once.match.home_score == 1
    goal = once.match.goals[0].id
    assert (await undo(evening, match.id, last_goal_id=goal)).unchanged is False
    assert (await undo(evening, match.id, last_goal_id=goal)).unchanged is True
    assert (await score(evening, match.id, home, 1, last_goal_id=goal)).unchanged is True
    assert (await score(evening, match.id, home, 1, last_goal_id=0)).unchanged is False


async def test_a_second_tap_on_a_pair_adds_one_match(evening: Evening) -> None:
    playing = await begun(evening)
    first, again = await asyncio.gather(
        add(evening, playing, number=1), add(evening, playing, number=1)
    )
    assert first == again
    assert (await add(evening, playing)).number == 2


async def test_a_finished_match_stands_until_it_is_opened_again(evening: Evening) -> None:
    playing = await begun(evening)
    home, away = playing.line_ups
    match = await add(evening, playing)
    await score(evening, match.id, away, 0)
    over = await finish_match(evening, match.id)
    assert over.status == MATCH_STATUS_FINISHED
    assert await finish_match(evening, match.id) == over
    now = (await look(evening, playing.session.id)).evening
    assert [(row.place, row.side_id, row.points) for row in now.table] == [
        (1, away.side_id, 3),
        (2, home.side_id, 0),
    ]
    again = await reopen_match(evening, match.id)
    assert again.status == MATCH_STATUS_PLAYING
    await score(evening, match.id, home, 0)
    now = (await look(evening, playing.session.id)).evening
    assert [row.played for row in now.table] == [0, 0]


async def test_at_the_end_figures_count_for_season_and_career_of_the_whole_side(
    evening: Evening,
) -> None:
    playing = await begun(evening)
    home, away = playing.line_ups
    match = await add(evening, playing)
    await score(evening, match.id, home, 0, assist_id=home.player_ids[1])
    await score(evening, match.id, home, 0)
    over = await finish(evening, playing.session.id)
    assert over.session.status == FINISHED
    assert [one.status for one in over.matches] == [MATCH_STATUS_FINISHED]
    assert (await look(evening, playing.session.id)).evening == over
    best = await player(evening, home.player_ids[0])
    assert best.season == best.career
    assert (best.career.goals, best.career.wins, best.career.doubled_points) == (2, 1, 10)
    assert (await player(evening, home.player_ids[1])).career.doubled_points == 7
    assert [(await player(evening, one)).career.wins for one in home.player_ids] == [1] * 7
    beaten = (await player(evening, away.player_ids[0])).career
    assert (beaten.wins, beaten.matches, beaten.sessions) == (0, 1, 1)


async def test_an_evening_counts_once_however_often_it_is_finished(evening: Evening) -> None:
    playing = await begun(evening)
    await add(evening, playing)
    session_id = playing.session.id
    answers = await asyncio.gather(*(finish(evening, session_id) for _ in range(4)))
    assert all(answer == answers[0] for answer in answers)
    figures = (await player(evening, playing.line_ups[0].player_ids[0])).career
    assert (figures.sessions, figures.matches) == (1, 1)


async def test_the_man_of_the_session_is_told_and_has_his_coupon_once(evening: Evening) -> None:
    playing = await begun(evening)
    session_id, man = playing.session.id, playing.line_ups[0].player_ids[2]
    await finish(evening, session_id)
    chosen = await choose(evening, session_id, man)
    assert chosen.session.man_of_session_id == man
    assert await choose(evening, session_id, man) == chosen
    assert await coupons_of(evening, session_id) == [(man, "available")]
    assert (await evening.coupons(man)) == (1, 0)
    told = [
        one.user_id
        for one in await evening.notices(session_id)
        if one.kind == notice_pb2.NOTICE_KIND_COUPON_ISSUED
    ]
    assert told == [man]
    assert (await player(evening, man)).career.times_man_of_session == 1
    assert (await evening.card(session_id)).session.man_of_session_id == man


async def test_another_man_of_the_session_takes_the_coupon_over(evening: Evening) -> None:
    playing = await begun(evening)
    session_id = playing.session.id
    first, second = playing.line_ups[0].player_ids[:2]
    await finish(evening, session_id)
    await choose(evening, session_id, first)
    await choose(evening, session_id, second)
    assert await coupons_of(evening, session_id) == [(first, "withdrawn"), (second, "available")]
    titles = [(await player(evening, one)).career.times_man_of_session for one in (first, second)]
    assert titles == [0, 1]
    await choose(evening, session_id, first)
    assert (await coupons_of(evening, session_id))[2] == (first, "available")


async def test_who_did_what_is_kept(evening: Evening) -> None:
    playing = await begun(evening, 10)
    session_id, (home, _) = playing.session.id, playing.line_ups
    match = await add(evening, playing)
    await score(evening, match.id, home, 0)
    await undo(evening, match.id, actor=ADMIN)
    await finish_match(evening, match.id)
    await finish_match(evening, match.id)
    await reopen_match(evening, match.id)
    await finish(evening, session_id)
    await choose(evening, session_id, home.player_ids[0])
    scorer = home.player_ids[0]
    assert await deeds(evening, session_id) == [
        (ORGANISER, "session.start", None, "5, 5"),
        (ORGANISER, "match.add", None, "1: 1 - 2"),
        (ORGANISER, "match.goal", scorer, "1: 1:0"),
        (ADMIN, "match.undo", scorer, "1: 0:0"),
        (ORGANISER, "match.finish", None, "1: 0:0"),
        (ORGANISER, "match.reopen", None, "1: 0:0"),
        (ORGANISER, "session.finish", None, "1"),
        (ORGANISER, "session.man", scorer, ""),
    ]


async def test_leaders_come_by_page_back_and_forth(evening: Evening) -> None:
    await _figures(evening, {7000 + n: {"goals": 100 - n} for n in range(25)}, season=1990)
    first = await leaders(evening, season=1990)
    assert [one.user_id for one in first.players] == list(range(7000, 7010))
    assert (first.first_place, first.previous_page_token, first.season) == (1, "", 1990)
    second = await leaders(evening, season=1990, page_token=first.next_page_token)
    assert (second.first_place, len(second.players)) == (11, 10)
    last = await leaders(evening, season=1990, page_token=second.next_page_token)
    assert (last.first_place, len(last.players), last.next_page_token) == (21, 5, "")
    back = await leaders(evening, season=1990, page_token=second.previous_page_token)
    assert back == first


async def test_leaders_are_ordered_by_what_is_asked_then_points_goals_assists(
    evening: Evening,
) -> None:
    # Points, doubled: 8001 has 13, 8002 12, 8003 12, 8004 12, 8005 12.
    people: dict[int, dict[str, int]] = {
        8001: {"wins": 2, "assists": 1},
        8002: {"goals": 6},
        8003: {"goals": 5, "assists": 2},
        8004: {"goals": 5, "assists": 2},
        8005: {"wins": 1, "goals": 1, "assists": 4},
    }
    await _figures(evening, people, season=1991)
    found = {
        order: [one.user_id for one in (await leaders(evening, season=1991, order=order)).players]
        for order in messages.LeaderOrder.values()[1:]
    }
    assert found == {
        messages.LEADER_ORDER_POINTS: [8001, 8002, 8003, 8004, 8005],
        messages.LEADER_ORDER_GOALS: [8002, 8003, 8004, 8005, 8001],
        messages.LEADER_ORDER_ASSISTS: [8005, 8003, 8004, 8001, 8002],
        messages.LEADER_ORDER_WINS: [8001, 8005, 8002, 8003, 8004],
    }


async def test_the_current_season_is_the_leagues_year(evening: Evening) -> None:
    playing = await begun(evening, 10)
    await finish(evening, playing.session.id)
    year = datetime.now(UTC).astimezone(ZoneInfo("Asia/Tashkent")).year
    assert (await leaders(evening, season=-1)).season == year
    someone = playing.line_ups[0].player_ids[0]
    assert (await player(evening, someone)).season == (await player(evening, someone, year)).season
    assert (await player(evening, someone, 1999)).season.sessions == 0


async def _figures(evening: Evening, people: dict[int, dict[str, int]], season: int) -> None:
    kept: Any = text(
        "INSERT INTO figures (user_id, season, goals, assists, wins)"
        " VALUES (:user_id, :season, :goals, :assists, :wins)"
    )
    async with evening.database.write() as transaction:
        for user_id, told in people.items():
            known = {"goals": 0, "assists": 0, "wins": 0, "user_id": user_id, "season": season}
            await transaction.execute(kept, {**known, **told})
