"""An evening in play as values: sides, matches, goals. What may be done with them is in
`evening_play`, how they are ranked in `table`, what players have of them in `figures`."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum
from typing import NewType

from services.sessions.domain.table import Result, Row, SideId, table
from services.sessions.domain.values import Session, SessionId, UserId

MatchId = NewType("MatchId", int)
GoalId = NewType("GoalId", int)

NO_GOAL = GoalId(0)


class MatchStatus(Enum):
    """Whether goals may still fall."""

    PLAYING = "playing"
    FINISHED = "finished"


@dataclass(frozen=True, slots=True, kw_only=True)
class LineUp:
    """A side as it plays; a drawn one is called by its number and has no name."""

    side_id: SideId
    number: int
    name: str
    team_id: int | None
    player_ids: tuple[UserId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """Counts for the side; nobody of it need have scored it."""

    id: GoalId
    side_id: SideId
    scorer_id: UserId | None
    assist_id: UserId | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Two sides, and how it stands between them; `goals` in the order of scoring."""

    id: MatchId
    session_id: SessionId
    number: int
    home: SideId
    away: SideId
    home_score: int = 0
    away_score: int = 0
    status: MatchStatus = MatchStatus.PLAYING
    goals: tuple[Goal, ...] = ()
    told_result: int = 0
    """Where another bot told who won and no score: 1 home, 2 away, 3 nobody."""

    @property
    def is_finished(self) -> bool:
        """Whether the score stands."""
        return self.status is MatchStatus.FINISHED

    @property
    def sides(self) -> tuple[SideId, SideId]:
        """Home, away."""
        return self.home, self.away

    @property
    def winner(self) -> SideId | None:
        """None while it is a draw."""
        if self.told_result in (1, 2):
            return self.sides[self.told_result - 1]
        if self.home_score == self.away_score:
            return None
        return self.home if self.home_score > self.away_score else self.away

    @property
    def last_goal(self) -> GoalId:
        """NO_GOAL before the first."""
        return self.goals[-1].id if self.goals else NO_GOAL

    def with_goals(self, goals: tuple[Goal, ...]) -> "Match":
        """With these goals and the score they make."""
        home = sum(goal.side_id == self.home for goal in goals)
        return replace(self, goals=goals, home_score=home, away_score=len(goals) - home)


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldFigures:
    """What a player did in an evening whose goals nobody wrote down one by one."""

    user_id: UserId
    goals: int
    assists: int
    wins: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What another bot told of an evening that was moved in; its scores may say less."""

    table: tuple[Row, ...] = ()
    figures: tuple[ToldFigures, ...] = ()
    results: Mapping[MatchId, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evening:
    """A session with what was played in it so far."""

    session: Session
    line_ups: tuple[LineUp, ...] = field(default=())
    matches: tuple[Match, ...] = field(default=())
    told: Told = field(default_factory=Told)

    def line_up(self, side_id: int) -> LineUp | None:
        """None: no such side plays here."""
        return next((one for one in self.line_ups if one.side_id == side_id), None)

    def plays(self, user_id: UserId) -> bool:
        """Whether the person is in one of the sides."""
        return any(user_id in line_up.player_ids for line_up in self.line_ups)

    def table(self) -> list[Row]:
        """By the matches that are over; as it was told where it was."""
        if self.told.table:
            return list(self.told.table)
        results = [
            Result(
                home=match.home,
                away=match.away,
                home_goals=match.home_score,
                away_goals=match.away_score,
            )
            for match in self.matches
            if match.is_finished
        ]
        return table([line_up.side_id for line_up in self.line_ups], results)
