"""Teams as values, and what their members may do."""

from dataclasses import dataclass
from datetime import datetime
from typing import NewType

from services.teams.domain.refusals import (
    CaptainCannotLeave,
    NotAllowed,
    NotAMember,
    ShirtNumberTaken,
    TeamFull,
)

MAX_SQUAD = 25
NUMBERS = range(1, 26)
"""What stands on shirts."""

TeamId = NewType("TeamId", int)

UserId = NewType("UserId", int)
"""A person's id, as users gives it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A person in a team."""

    user_id: UserId
    joined_at: datetime
    shirt_number: int = 0
    """Unique in the team; 0 until chosen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """A lasting squad; members in order of joining, the captain among them."""

    id: TeamId
    name: str
    captain_id: UserId
    members: tuple[Member, ...]
    description: str = ""
    """What the team says of itself."""

    def has(self, user_id: UserId) -> bool:
        """Whether the person is in."""
        return any(member.user_id == user_id for member in self.members)

    def free_number(self, wished: int) -> int:
        """The wished number when it is free here, else 0."""
        taken = {member.shirt_number for member in self.members}
        return wished if wished in NUMBERS and wished not in taken else 0

    def require_free(self, number: int, wearer: UserId) -> None:
        """Raises ShirtNumberTaken unless the wearer may have the number; 0 is free for all."""
        others = (member for member in self.members if member.user_id != wearer)
        if number and any(member.shirt_number == number for member in others):
            raise ShirtNumberTaken("another member has it", team=self.id, number=number)

    def require_in(self, user_id: UserId) -> None:
        """Raises NotAMember."""
        if not self.has(user_id):
            raise NotAMember("the person is not in this team", team=self.id)

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
