"""An evening's table: what decides between sides, and in which order. Pure; who is asked for it
and which matches count is decided in `evening`.

Points (3 for a win, 1 for a draw), goal difference, goals for; then, among all sides that are
still level, the points, the difference and the goals of the matches between them, and so again
among those whom this leaves level. Sides that nothing separates share the place.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NewType

SideId = NewType("SideId", int)

WIN, DRAW = 3, 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """How a match between two sides ended, in goals."""

    home: SideId
    away: SideId
    home_goals: int
    away_goals: int

    def of(self, side: SideId) -> tuple[int, int]:
        """Goals for and against one of the two."""
        if side == self.home:
            return self.home_goals, self.away_goals
        return self.away_goals, self.home_goals

    def between(self, sides: Sequence[SideId]) -> bool:
        """Whether both are among these."""
        return self.home in sides and self.away in sides


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One side's line; `place` counts from 1 and may be shared."""

    place: int
    side_id: SideId
    won: int
    drawn: int
    lost: int
    goals_for: int
    goals_against: int
    told_points: int | None = None
    """Of a table that was moved in: what stood there, whatever the matches say."""

    @property
    def played(self) -> int:
        """Matches that count."""
        return self.won + self.drawn + self.lost

    @property
    def points(self) -> int:
        """3 for a win, 1 for a draw."""
        if self.told_points is not None:
            return self.told_points
        return WIN * self.won + DRAW * self.drawn

    @property
    def standing(self) -> tuple[int, int, int]:
        """What it is ordered by: points, goal difference, goals for."""
        return self.points, self.goals_for - self.goals_against, self.goals_for


def table(sides: Sequence[SideId], results: Sequence[Result]) -> list[Row]:
    """A row for each side, the best first; those of one place in the order given."""
    place, rows = 1, []
    for level in _apart(sides, results):
        rows += [_row(side, results, place) for side in level]
        place += len(level)
    return rows


def _apart(sides: Sequence[SideId], results: Sequence[Result]) -> Iterator[list[SideId]]:
    """The sides told apart by the matches among them, the best first; those who stay level
    together."""
    among = [result for result in results if result.between(sides)]
    levels = _levels(sides, lambda side: _row(side, among).standing)
    for level in levels:
        if len(level) == len(sides) and len(among) == len(results):
            # The same matches have nothing more to say.
            yield level
        else:
            yield from _apart(level, among)


def _levels(
    sides: Sequence[SideId], standing: Callable[[SideId], tuple[int, int, int]]
) -> list[list[SideId]]:
    ordered = sorted(sides, key=standing, reverse=True)
    return [list(level) for _, level in groupby(ordered, key=standing)]


def _row(side: SideId, results: Sequence[Result], place: int = 0) -> Row:
    scores = [result.of(side) for result in results if side in (result.home, result.away)]
    return Row(
        place=place,
        side_id=side,
        won=sum(ours > theirs for ours, theirs in scores),
        drawn=sum(ours == theirs for ours, theirs in scores),
        lost=sum(ours < theirs for ours, theirs in scores),
        goals_for=sum(ours for ours, _ in scores),
        goals_against=sum(theirs for _, theirs in scores),
    )
