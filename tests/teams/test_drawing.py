"""Who plays together: for any people that come, and in examples."""

from dataclasses import dataclass
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.teams.domain.drawing import MOST_SIDES, LineUp, draw
from services.teams.domain.refusals import LineUpInvalid, TooFewPlayers, TooManySides
from services.teams.domain.team import TeamId, UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class Turnout:
    """Who has come to an evening."""

    teams: list[LineUp]
    individuals: list[UserId]
    squad_size: int
    least: int

    def draw(self) -> list[LineUp]:
        return draw(self.teams, self.individuals, squad_size=self.squad_size, least=self.least)


@st.composite
def turnouts(pick: st.DrawFn, *, playable: bool = True) -> Turnout:
    """Teams that are complete, individuals in any order, either format; enough of them and not
    too many, if `playable`."""
    least = pick(st.sampled_from([5, 6]))
    squad = pick(st.integers(least, 9))
    sizes = pick(st.lists(st.integers(least, squad), max_size=4))
    fewest = max(2 - len(sizes), 0) * least if playable else 0
    most = squad * (MOST_SIDES - len(sizes)) if playable else 60
    loose = pick(st.integers(fewest, most))
    people = pick(st.permutations([UserId(n) for n in range(1, sum(sizes) + loose + 1)]))
    teams, start = [], 0
    for number, size in enumerate(sizes, start=1):
        teams.append(LineUp(team_id=TeamId(number), players=tuple(people[start : start + size])))
        start += size
    return Turnout(teams=teams, individuals=list(people[start:]), squad_size=squad, least=least)


def come(players: int, *, teams: int = 0, squad: int = 7, least: int = 5) -> list[int]:
    """The sizes of the sides when so many individuals and whole teams have come."""
    made = [
        LineUp(team_id=TeamId(n), players=tuple(UserId(1000 * n + k) for k in range(squad)))
        for n in range(1, teams + 1)
    ]
    people = [UserId(n) for n in range(1, players + 1)]
    sides = draw(made, people, squad_size=squad, least=least)
    return [len(side.players) for side in sides]


@given(turnouts())
def test_everybody_who_came_is_in_exactly_one_side(turnout: Turnout) -> None:
    sides = turnout.draw()
    placed = list(chain.from_iterable(side.players for side in sides))
    came = [*chain.from_iterable(team.players for team in turnout.teams), *turnout.individuals]
    assert sorted(placed) == sorted(came)


@given(turnouts())
def test_sides_drawn_from_individuals_differ_by_one_at_most(turnout: Turnout) -> None:
    sizes = [len(side.players) for side in turnout.draw() if side.team_id is None]
    assert not sizes or max(sizes) - min(sizes) <= 1


@given(turnouts())
def test_individuals_stay_in_the_order_in_which_they_came(turnout: Turnout) -> None:
    sides = [side.players for side in turnout.draw() if side.team_id is None]
    if sides:
        assert list(chain.from_iterable(sides)) == turnout.individuals


@given(turnouts())
def test_teams_play_as_they_are_and_first(turnout: Turnout) -> None:
    sides = turnout.draw()
    for team, side in zip(turnout.teams, sides, strict=False):
        assert side.team_id == team.team_id
        assert side.players[: len(team.players)] == team.players


@given(turnouts())
def test_every_side_can_play_the_format(turnout: Turnout) -> None:
    sides = turnout.draw()
    assert 2 <= len(sides) <= MOST_SIDES
    assert all(len(side.players) >= turnout.least for side in sides)


@given(st.lists(st.integers(5, 9), min_size=2, max_size=5), st.integers(1, 4))
def test_who_are_too_few_for_a_side_join_the_smallest(sizes: list[int], loose: int) -> None:
    teams = [
        LineUp(team_id=TeamId(n), players=tuple(UserId(100 * n + k) for k in range(size)))
        for n, size in enumerate(sizes, start=1)
    ]
    people = [UserId(n) for n in range(1, loose + 1)]
    sides = draw(teams, people, squad_size=9, least=5)
    smallest = min(len(side.players) for side in sides)
    grown = [len(s.players) for s, size in zip(sides, sizes, strict=True) if len(s.players) > size]
    assert sum(len(side.players) for side in sides) == sum(sizes) + loose
    assert max(grown) <= smallest + 1


@given(turnouts())
def test_the_same_players_make_the_same_sides(turnout: Turnout) -> None:
    assert turnout.draw() == turnout.draw()


@given(turnouts(playable=False))
def test_an_evening_is_refused_only_for_too_few_or_too_many(turnout: Turnout) -> None:
    people = len(turnout.individuals)
    try:
        turnout.draw()
    except TooFewPlayers:
        assert len(turnout.teams) < 2 and people < (2 - len(turnout.teams)) * turnout.least
    except TooManySides:
        assert len(turnout.teams) + -(-people // turnout.squad_size) > MOST_SIDES


@pytest.mark.parametrize(
    ("players", "teams", "sizes"),
    [
        (28, 0, [7, 7, 7, 7]),
        (27, 0, [7, 7, 7, 6]),
        (16, 0, [6, 5, 5]),
        (14, 0, [7, 7]),
        (13, 0, [7, 6]),
        (12, 0, [6, 6]),
        (10, 0, [5, 5]),
        (11, 0, [6, 5]),
        (7, 3, [7, 7, 7, 7]),
        (4, 2, [9, 9]),
        (1, 3, [8, 7, 7]),
        (5, 1, [7, 5]),
        (9, 1, [7, 9]),
        (0, 2, [7, 7]),
        (42, 0, [7] * 6),
    ],
)
def test_a_five_a_side_evening_by_who_has_come(players: int, teams: int, sizes: list[int]) -> None:
    assert come(players, teams=teams) == sizes


def test_a_six_a_side_evening_needs_six_in_each() -> None:
    assert come(16, least=6) == [8, 8]
    with pytest.raises(TooFewPlayers):
        come(11, least=6)


def test_two_sides_are_tried_where_one_would_hold_all() -> None:
    assert come(10, squad=15) == [5, 5]


@pytest.mark.parametrize(("players", "teams"), [(0, 0), (1, 0), (9, 0), (0, 1), (4, 1)])
def test_too_few_make_no_evening(players: int, teams: int) -> None:
    with pytest.raises(TooFewPlayers):
        come(players, teams=teams)


@pytest.mark.parametrize(("players", "teams"), [(43, 0), (7, 6), (29, 2)])
def test_seven_sides_are_too_many(players: int, teams: int) -> None:
    with pytest.raises(TooManySides):
        come(players, teams=teams)


REDS = LineUp(team_id=TeamId(1), players=(UserId(1), UserId(2)))


@pytest.mark.parametrize(
    ("teams", "individuals"),
    [
        ([REDS], [2]),
        ([REDS, REDS], []),
        ([], [1, 1]),
        ([LineUp(team_id=TeamId(1), players=())], []),
        ([], range(1, 202)),
    ],
)
def test_a_line_up_that_cannot_be_is_refused(teams: list[LineUp], individuals: list[int]) -> None:
    with pytest.raises(LineUpInvalid):
        draw(teams, [UserId(n) for n in individuals], squad_size=7, least=1)


@pytest.mark.parametrize(("squad", "least"), [(0, 5), (7, 0), (-1, -1)])
def test_sides_of_nobody_are_refused(squad: int, least: int) -> None:
    with pytest.raises(LineUpInvalid):
        draw([], [UserId(1)], squad_size=squad, least=least)
