"""Teams as values, and what their members may do."""

from dataclasses import dataclass
from datetime import datetime
from typing import NewType

from services.teams.domain.refusals import CaptainCannotLeave, NotAllowed, TeamFull

MAX_SQUAD = 25

TeamId = NewType("TeamId", int)

UserId = NewType("UserId", int)
"""A person's id, as users gives it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A person in a team."""

    user_id: UserId
    joined_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """A lasting squad; members in order of joining, the captain among them."""

    id: TeamId
    name: str
    captain_id: UserId
    members: tuple[Member, ...]

    def has(self, user_id: UserId) -> bool:
        """Whether the person is in."""
        return any(member.user_id == user_id for member in self.members)

    def require_member(self, user_id: UserId) -> None:
        """Raises NotAllowed: a roster is the team's own affair."""
        if not self.has(user_id):
            raise NotAllowed("only members may see a team", team=self.id)

    def require_captain(self, user_id: UserId) -> None:
        """Raises NotAllowed."""
        if user_id != self.captain_id:
            raise NotAllowed("only the captain may do this", team=self.id)

    def require_room(self) -> None:
        """Raises TeamFull."""
        if len(self.members) >= MAX_SQUAD:
            raise TeamFull("the squad is complete", team=self.id, name=self.name, most=MAX_SQUAD)

    def ends_with(self, user_id: UserId) -> bool:
        """Whether the team ends when this member leaves. Raises CaptainCannotLeave."""
        if user_id != self.captain_id:
            return False
        if len(self.members) > 1:
            raise CaptainCannotLeave("a captain leaves last", team=self.id)
        return True
