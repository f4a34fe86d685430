"""The table's rules: three worked evenings, and what holds for every evening."""

from __future__ import annotations

import random
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from services.sessions.domain.table import Result, Row, SideId, table

A, B, C, D = (SideId(n) for n in (1, 2, 3, 4))


def played(*scores: str) -> list[Result]:
    """`A-B 2:1` and so on."""
    return [_result(score) for score in scores]


def _result(score: str) -> Result:
    sides, goals = score.split()
    home, away = (SideId("ABCD".index(side) + 1) for side in sides.split("-"))
    ours, theirs = map(int, goals.split(":"))
    return Result(home=home, away=away, home_goals=ours, away_goals=theirs)


def lines(rows: list[Row]) -> list[str]:
    """Place, side, won-drawn-lost, goals, points."""
    return [
        f"{row.place}. {'ABCD'[row.side_id - 1]} {row.won}-{row.drawn}-{row.lost}"
        f" {row.goals_for}:{row.goals_against} {row.points}"
        for row in rows
    ]


def test_an_evening_decided_by_difference_and_goals() -> None:
    """A, B and C have 6 points. C has the worst difference; A and B have +3 both, and A has scored
    more, whoever won between them."""
    results = played("A-B 0:1", "A-C 3:0", "A-D 3:2", "B-C 1:2", "B-D 3:0", "C-D 2:1")
    assert lines(table([A, B, C, D], results)) == [
        "1. A 2-0-1 6:3 6",
        "2. B 2-0-1 5:2 6",
        "3. C 2-0-1 4:5 6",
        "4. D 0-0-3 3:8 0",
    ]


def test_an_evening_decided_by_the_matches_between_those_who_are_level() -> None:
    """A, B and C have 7 points and 4:3 goals. Of the matches among the three C has won the
    fewest, which leaves A and B level; of these A has beaten B."""
    results = played("A-B 1:0", "B-C 1:0", "B-C 1:0", "A-C 1:0", "C-A 1:0")
    results += played("A-D 2:2", "B-D 2:2", "C-D 3:0", "C-D 0:0")
    assert lines(table([C, D, B, A], results)) == [
        "1. A 2-1-1 4:3 7",
        "2. B 2-1-1 4:3 7",
        "3. C 2-1-3 4:3 7",
        "4. D 0-3-1 4:7 3",
    ]


def test_an_evening_in_which_nothing_separates_three() -> None:
    """A, B and C won 1:0 in a circle and each beat D alike: they share the first place."""
    results = played("A-B 1:0", "B-C 1:0", "C-A 1:0", "A-D 2:0", "B-D 2:0", "C-D 2:0")
    assert lines(table([A, B, C, D], results)) == [
        "1. A 2-0-1 3:1 6",
        "1. B 2-0-1 3:1 6",
        "1. C 2-0-1 3:1 6",
        "4. D 0-0-3 0:6 0",
    ]


def test_before_the_first_match_all_share_the_first_place() -> None:
    rows = table([C, A, B], [])
    assert [(row.place, row.side_id, row.played) for row in rows] == [
        (1, C, 0),
        (1, A, 0),
        (1, B, 0),
    ]


@st.composite
def evenings(draw: st.DrawFn) -> tuple[list[SideId], list[Result]]:
    """Up to six sides, up to twenty matches between any two of them."""
    sides = [SideId(n) for n in range(1, draw(st.integers(2, 6)) + 1)]
    pairs = st.permutations(sides).map(lambda found: found[:2])
    goals = st.integers(0, 3)
    matches = st.builds(
        lambda pair, ours, theirs: Result(
            home=pair[0], away=pair[1], home_goals=ours, away_goals=theirs
        ),
        pairs,
        goals,
        goals,
    )
    return sides, draw(st.lists(matches, max_size=20))


@given(evenings())
def test_every_side_has_one_row_and_places_count_those_before(
    evening: tuple[list[SideId], list[Result]],
) -> None:
    sides, results = evening
    rows = table(sides, results)
    assert sorted(row.side_id for row in rows) == sides
    for index, row in enumerate(rows):
        shared = index > 0 and row.place == rows[index - 1].place
        assert row.place == (rows[index - 1].place if shared else index + 1)


@given(evenings())
def test_what_one_side_wins_another_loses(evening: tuple[list[SideId], list[Result]]) -> None:
    rows = table(*evening)
    assert sum(row.won for row in rows) == sum(row.lost for row in rows)
    assert sum(row.drawn for row in rows) % 2 == 0
    assert sum(row.goals_for for row in rows) == sum(row.goals_against for row in rows)
    assert sum(row.played for row in rows) == 2 * len(evening[1])


@given(evenings())
def test_who_is_better_stands_higher_and_who_shares_a_place_is_level(
    evening: tuple[list[SideId], list[Result]],
) -> None:
    for better, worse in combinations(table(*evening), 2):
        assert better.standing >= worse.standing
        if better.place == worse.place:
            assert better.standing == worse.standing


@given(evenings(), st.randoms(use_true_random=False))
def test_neither_the_order_of_matches_nor_of_sides_nor_home_and_away_matter(
    evening: tuple[list[SideId], list[Result]], chance: random.Random
) -> None:
    sides, results = evening
    turned = [
        Result(home=one.away, away=one.home, home_goals=one.away_goals, away_goals=one.home_goals)
        for one in chance.sample(results, len(results))
    ]
    rows = {row.side_id: row for row in table(sides, results)}
    again = {row.side_id: row for row in table(chance.sample(sides, len(sides)), turned)}
    assert rows == again


@given(evenings())
def test_two_who_are_level_and_alone_so_are_told_apart_by_their_matches(
    evening: tuple[list[SideId], list[Result]],
) -> None:
    sides, results = evening
    rows = table(sides, results)
    for higher, lower in combinations(rows, 2):
        level = [row for row in rows if row.standing == higher.standing]
        if lower.standing != higher.standing or len(level) != 2:
            continue
        between = [one for one in results if one.between([higher.side_id, lower.side_id])]
        own = sum(one.of(higher.side_id)[0] for one in between)
        theirs = sum(one.of(lower.side_id)[0] for one in between)
        wins = sum(one.of(higher.side_id)[0] > one.of(higher.side_id)[1] for one in between)
        losses = sum(one.of(higher.side_id)[0] < one.of(higher.side_id)[1] for one in between)
        assert (wins, own) >= (losses, theirs)
        assert (higher.place == lower.place) is ((wins, own) == (losses, theirs))
