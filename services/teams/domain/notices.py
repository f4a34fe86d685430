"""What people must be told of teams and sides."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from services.teams.domain.side import Side
from services.teams.domain.team import Team, UserId


class TeamNews(Enum):
    """What has happened."""

    JOINED = "joined"
    """For the captain."""
    LEFT = "left"
    """For the captain."""
    REMOVED = "removed"
    """For who was taken off."""
    HANDED_OVER = "handed_over"
    """For the new captain."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamNotice:
    """One thing for one person, as it was when it became true."""

    news: TeamNews
    user_id: UserId
    team: Team
    other: UserId | None = None
    """Who joined or left."""
    other_name: str = ""
    """As users knows him; empty when users could not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SideNotice:
    """Which side a person plays in, and in which shirt."""

    user_id: UserId
    side: Side
    shirt_number: int
    """0: he is to choose one."""


Notice = TeamNotice | SideNotice


def formed(sides: Iterable[Side]) -> list[Notice]:
    """For everybody who plays."""
    return [
        SideNotice(user_id=player.user_id, side=side, shirt_number=player.shirt_number)
        for side in sides
        for player in side.players
    ]
