"""The sides of a session as values."""

from dataclasses import dataclass
from typing import NewType

from services.teams.domain.refusals import NotAMember, ShirtNumberTaken
from services.teams.domain.team import TeamId, UserId

SideId = NewType("SideId", int)

SessionId = NewType("SessionId", int)
"""A session's id, as sessions gives it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SidePlayer:
    """A person in a side."""

    user_id: UserId
    shirt_number: int = 0
    """Unique in the side; 0 until chosen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnSide:
    """Who plays together, before it is kept."""

    number: int
    """Which side of the session, from 1."""
    players: tuple[SidePlayer, ...]
    team_id: TeamId | None = None
    """The registered team; None for a side drawn from individuals."""
    name: str = ""
    """The team's."""

    @property
    def line_up(self) -> tuple[int, TeamId | None, frozenset[UserId]]:
        """What makes it the same side as another, whatever numbers they wear."""
        return self.number, self.team_id, frozenset(player.user_id for player in self.players)


@dataclass(frozen=True, slots=True, kw_only=True)
class Side(DrawnSide):
    """One of the line-ups that play in a session."""

    id: SideId
    session_id: SessionId

    def require_free(self, number: int, wearer: UserId) -> None:
        """Raises NotAMember, ShirtNumberTaken unless the wearer may have the number."""
        wearers = {player.user_id: player.shirt_number for player in self.players}
        if wearers.pop(wearer, None) is None:
            raise NotAMember("the person does not play in this side", side=self.id)
        if number in wearers.values():
            raise ShirtNumberTaken("another player has it", side=self.id, number=number)
