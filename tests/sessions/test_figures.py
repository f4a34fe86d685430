"""What players get out of an evening: goals, assists, wins for the whole side."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.sessions.domain.evening import (
    Goal,
    GoalId,
    LineUp,
    Match,
    MatchId,
    MatchStatus,
)
from services.sessions.domain.figures import Figures, of_session, scorers, season_of
from services.sessions.domain.table import SideId
from services.sessions.domain.values import SessionId, UserId

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
SIDES = tuple(
    LineUp(
        side_id=SideId(side),
        number=side,
        name="",
        team_id=None,
        player_ids=tuple(UserId(10 * side + n) for n in range(5)),
    )
    for side in (1, 2, 3)
)


def match(
    home: int, away: int, *goals: tuple[int, int, int], status: MatchStatus = MatchStatus.FINISHED
) -> Match:
    """Goals as (side, scorer, assist); 0 is nobody."""
    bare = Match(
        id=MatchId(1),
        session_id=SessionId(1),
        number=1,
        home=SideId(home),
        away=SideId(away),
        status=status,
    )
    return bare.with_goals(
        tuple(
            Goal(
                id=GoalId(n),
                side_id=SideId(side),
                scorer_id=UserId(scorer) if scorer else None,
                assist_id=UserId(assist) if assist else None,
                at=NOW,
            )
            for n, (side, scorer, assist) in enumerate(goals, 1)
        )
    )


def of(player: int, *matches: Match) -> Figures:
    [found] = [one for one in of_session(SIDES, matches) if one.user_id == player]
    return found


def test_a_win_is_everybodys_in_the_winning_side() -> None:
    won = match(1, 2, (1, 10, 11), (1, 10, 0), (2, 20, 0))
    assert [of(player, won).wins for player in range(10, 15)] == [1] * 5
    assert [of(player, won).wins for player in range(20, 25)] == [0] * 5
    assert (of(30, won).wins, of(30, won).matches, of(30, won).sessions) == (0, 0, 1)


def test_a_draw_is_a_match_and_nobodys_win() -> None:
    drawn = match(1, 2, (1, 10, 11), (2, 20, 0))
    assert [(of(player, drawn).wins, of(player, drawn).matches) for player in (10, 20)] == [
        (0, 1),
        (0, 1),
    ]


def test_goals_count_as_they_fall_and_wins_when_the_match_is_over() -> None:
    playing = match(1, 2, (1, 10, 11), status=MatchStatus.PLAYING)
    assert (of(10, playing).goals, of(11, playing).assists) == (1, 1)
    assert (of(10, playing).wins, of(10, playing).matches) == (0, 0)


def test_an_own_goal_counts_for_the_side_and_for_no_player() -> None:
    won = match(1, 2, (1, 0, 0))
    assert (won.home_score, won.away_score) == (1, 0)
    assert sum(one.goals for one in of_session(SIDES, [won])) == 0
    assert of(10, won).wins == 1


def test_points_are_3_for_a_win_1_for_a_goal_and_a_half_for_an_assist() -> None:
    figures = Figures(user_id=UserId(1), wins=2, goals=3, assists=5)
    assert figures.doubled_points == 2 * (2 * 3 + 3 + 2.5)


def test_scorers_come_by_goals_then_assists_and_who_did_neither_is_left_out() -> None:
    won = match(1, 2, (1, 10, 11), (1, 10, 12), (1, 12, 11), (2, 20, 0))
    found = scorers(of_session(SIDES, [won]))
    assert [one.user_id for one in found] == [10, 12, 20, 11]


goals = st.lists(
    st.tuples(st.sampled_from([1, 2]), st.integers(0, 4), st.integers(0, 4)).map(
        lambda one: (one[0], one[1] and 10 * one[0] + one[1], one[2] and 10 * one[0] + one[2])
    ),
    max_size=12,
)


@given(st.lists(goals, max_size=6))
def test_every_goal_is_in_the_score_and_every_scored_one_somebodys(
    evening: list[list[tuple[int, int, int]]],
) -> None:
    matches = [match(1, 2, *found) for found in evening]
    figures = of_session(SIDES, matches)
    told = [goal for found in evening for goal in found]
    assert sum(one.home_score + one.away_score for one in matches) == len(told)
    assert sum(one.goals for one in figures) == sum(scorer > 0 for _, scorer, _ in told)
    assert sum(one.assists for one in figures) == sum(assist > 0 for _, _, assist in told)
    decided = sum(one.winner is not None for one in matches)
    assert sum(one.wins for one in figures) == 5 * decided
    assert sum(one.matches for one in figures) == 10 * len(matches)


@pytest.mark.parametrize(
    ("moment", "season"),
    [
        (datetime(2026, 12, 31, 18, 59, tzinfo=UTC), 2026),
        (datetime(2026, 12, 31, 19, 0, tzinfo=UTC), 2027),
    ],
)
def test_a_season_is_the_year_on_the_leagues_calendar(moment: datetime, season: int) -> None:
    assert season_of(moment, "Asia/Tashkent") == season
