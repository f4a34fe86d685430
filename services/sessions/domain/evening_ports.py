"""What the use cases of an evening need of a store, bound to one write transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Protocol

from services.sessions.domain.evening import Evening, Goal, LineUp, Match, MatchId
from services.sessions.domain.figures import Figures
from services.sessions.domain.ports import Store
from services.sessions.domain.table import SideId
from services.sessions.domain.values import Session, SessionId, UserId


class Pitch(Protocol):
    """Line-ups, matches, goals and figures; the caller holds the session's lock."""

    async def evening(self, session: Session) -> Evening:
        """The locked session with all that was played in it."""

    async def session_of(self, match_id: MatchId) -> SessionId | None:
        """None: no such match."""

    async def begin(self, session_id: SessionId, line_ups: Sequence[LineUp]) -> None:
        """Keep who plays together; the session began now."""

    async def end(self, session_id: SessionId) -> None:
        """Matches still played are over; the session ended now."""

    async def add_match(
        self, session_id: SessionId, number: int, home: SideId, away: SideId
    ) -> Match:
        """A new match without goals."""

    async def add_goal(
        self, match: Match, side: SideId, scorer: UserId | None, assist: UserId | None
    ) -> Goal:
        """A goal, now; the score is kept with `save_match`."""

    async def undo_goal(self, goal: Goal) -> None:
        """It does not count; the score is kept with `save_match`."""

    async def save_match(self, match: Match) -> None:
        """Keep the score and the status."""

    async def count(self, figures: Sequence[Figures], season: int) -> None:
        """Add them to the people's season and to their careers."""

    async def withdraw_coupon(self, session_id: SessionId) -> bool:
        """Take back the coupon given for the session, if any; False when it is used."""

    async def give_coupon(self, session_id: SessionId, user_id: UserId) -> None:
        """A free game for the man of the session; a second one breaks a unique key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """All that is written in one transaction."""

    store: Store
    pitch: Pitch


@dataclass(frozen=True, slots=True, kw_only=True)
class Squad:
    """A registered team as it plays."""

    team_id: int
    player_ids: tuple[UserId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathering:
    """Who would play if the session started at `now`: those who surely have a place, in order of
    coming; `pending` entries and `waiting` people would not."""

    session: Session
    now: datetime
    squads: tuple[Squad, ...]
    individuals: tuple[UserId, ...]
    pending: int
    waiting: int


class Evenings(Protocol):
    """Reads, outside transactions."""

    async def of_session(self, session_id: SessionId) -> Evening | None:
        """None: no such session. Never older than the caller's own writes."""

    async def gathering(self, session_id: SessionId) -> Gathering | None:
        """The newest there is. None: no such session."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineUps:
    """Who plays together, as formed for the session's `version`."""

    version: int
    sides: tuple[LineUp, ...]


class LeaderOrder(Enum):
    """What leaders are ordered by; ties: points, goals, assists, then who is known longer."""

    POINTS = "doubled_points"
    GOALS = "goals"
    ASSISTS = "assists"
    WINS = "wins"


class Standings(Protocol):
    """Reads of figures, possibly a little old."""

    async def of_person(self, user_id: UserId, season: int) -> tuple[Figures, Figures]:
        """Of the season, and of the career."""

    async def leaders(
        self, season: int, order: LeaderOrder, offset: int, count: int
    ) -> Sequence[Figures]:
        """`count` of those who have figures in the season, after the first `offset`."""
