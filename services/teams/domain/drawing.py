"""Who plays together: teams as they are, individuals in sides of their own, in order of coming.

Where a team's people are put is not decided by skill yet: whoever came first plays with whom came
next. Shirt numbers are dealt out in numbering.py.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from services.teams.domain.refusals import LineUpInvalid, TooFewPlayers, TooManySides
from services.teams.domain.team import TeamId, UserId

MOST_SIDES = 6
LEAST_SIDES = 2
MOST_PLAYERS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class LineUp:
    """People who play together: a registered team, or individuals when it has none."""

    players: tuple[UserId, ...]
    team_id: TeamId | None = None


def draw(
    teams: Sequence[LineUp], individuals: Sequence[UserId], *, squad_size: int, least: int
) -> list[LineUp]:
    """The sides: the teams in their order, then those drawn from the individuals in theirs.

    A full side has `squad_size` players, each needs `least`. Sides drawn differ by one player at
    most; individuals too few for a side join the smallest sides, one by one.
    Raises LineUpInvalid, TooFewPlayers, TooManySides.
    """
    _check(teams, individuals, squad_size, least)
    own = _sides_of(len(individuals), len(teams), squad_size, least)
    if len(teams) + own > MOST_SIDES:
        raise TooManySides("an evening has no time for so many", most=MOST_SIDES)
    drawn = [LineUp(players=chunk) for chunk in _chunks(individuals, own)]
    sides = [*teams, *drawn] if own else _joined(teams, individuals)
    if sum(len(side.players) >= least for side in sides) < LEAST_SIDES:
        raise TooFewPlayers("two sides are needed", least=least)
    return sides


def _check(
    teams: Sequence[LineUp], individuals: Sequence[UserId], squad_size: int, least: int
) -> None:
    if squad_size < 1 or least < 1:
        raise LineUpInvalid("sides of nobody", squad_size=squad_size, least=least)
    if not all(team.players for team in teams):
        raise LineUpInvalid("a team of nobody")
    people = Counter(player for team in teams for player in team.players)
    people.update(individuals)
    once = Counter(team.team_id for team in teams)
    if len(people) > MOST_PLAYERS:
        raise LineUpInvalid("more people than an evening holds", most=MOST_PLAYERS)
    if any(times > 1 for times in (*people.values(), *once.values())):
        raise LineUpInvalid("somebody stands in the line-up twice")


def _sides_of(people: int, teams: int, squad_size: int, least: int) -> int:
    """How many sides individuals make beside so many teams."""
    sides = max(-(-people // squad_size), LEAST_SIDES - teams)
    while sides > 0 and people // sides < least:
        sides -= 1
    return max(sides, 0)


def _chunks(people: Sequence[UserId], sides: int) -> Iterable[tuple[UserId, ...]]:
    """Neighbours stay together; the first sides have the one more."""
    start = 0
    for index in range(sides):
        size = len(people) // sides + (index < len(people) % sides)
        yield tuple(people[start : start + size])
        start += size


def _joined(teams: Sequence[LineUp], individuals: Iterable[UserId]) -> list[LineUp]:
    """Each individual in the side that is the smallest at his turn, the first of equals."""
    sides = list(teams)
    for player in individuals:
        if not sides:
            raise TooFewPlayers("two sides are needed")
        index = min(range(len(sides)), key=lambda at: len(sides[at].players))
        sides[index] = replace(sides[index], players=(*sides[index].players, player))
    return sides
