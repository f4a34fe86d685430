"""What the use cases need of a store, and of the service that knows people."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from services.teams.domain.invitations import Fingerprint
from services.teams.domain.notices import Notice
from services.teams.domain.side import DrawnSide, SessionId, Side, SideId
from services.teams.domain.team import Team, TeamId, UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What users lets others know of a person."""

    name: str = ""
    shirt_number: int = 0
    """The number he would like to wear; 0 for none."""


NOBODY = Profile()
"""Of whom users has said nothing."""


class Notices(Protocol):
    """What people are told because of a transaction."""

    async def tell(self, notices: Sequence[Notice]) -> None:
        """They are sent if, and only if, the transaction commits."""


class Teams(Notices, Protocol):
    """Teams in one transaction on the primary."""

    async def add(
        self, name: str, captain: UserId, at: datetime, shirt_number: int = 0
    ) -> Team | None:
        """A new team of its captain alone; nothing when he leads one already."""

    async def lock(self, team_id: TeamId) -> Team | None:
        """The team, unchanged by others until the commit, or nothing."""

    async def join(self, team: Team, user_id: UserId, at: datetime, shirt_number: int = 0) -> Team:
        """The locked team with a member more."""

    async def leave(self, team: Team, user_id: UserId) -> Team:
        """The locked team with a member less."""

    async def dissolve(self, team: Team) -> None:
        """The locked team ends, with its invitations."""

    async def describe(self, team: Team, name: str, description: str) -> Team:
        """The locked team under this name, with these words about itself."""

    async def hand_over(self, team: Team, heir: UserId) -> Team | None:
        """The locked team under another captain; nothing when he leads one already."""

    async def number(self, team: Team, user_id: UserId, shirt_number: int) -> Team:
        """The locked team with a member in another shirt; the number is free."""

    async def invite(self, team: Team, invitation: Fingerprint, expires_at: datetime) -> None:
        """Keep an invitation."""

    async def revoke(self, team: Team) -> None:
        """Forget all invitations to the locked team."""

    async def record(
        self, team: Team, actor: UserId, action: str, subject: UserId | None = None, note: str = ""
    ) -> None:
        """Write into the audit who did what to whom in the team."""

    async def invited_to(self, invitation: Fingerprint, at: datetime) -> TeamId | None:
        """The team whose invitation this is, unless it has expired by then."""


class Sides(Notices, Protocol):
    """The sides of sessions in one transaction on the primary."""

    async def lock_session(self, session_id: SessionId) -> list[Side]:
        """Its sides in order, unchanged by others until the commit."""

    async def replace(self, session_id: SessionId, drawn: Sequence[DrawnSide]) -> list[Side]:
        """The locked session's sides from now on."""

    async def lock(self, side_id: SideId) -> Side | None:
        """The side, unchanged by others until the commit, or nothing."""

    async def number(self, side: Side, user_id: UserId, shirt_number: int) -> Side:
        """The locked side with a player in another shirt; the number is free."""

    async def teams(self, team_ids: Sequence[TeamId]) -> Mapping[TeamId, Team]:
        """Those of the teams that are still there."""


class TeamReads(Protocol):
    """What is asked about teams; may be seconds old."""

    async def team(self, team_id: TeamId) -> Team | None:
        """The team, or nothing."""

    async def teams_of(self, user_id: UserId) -> list[Team]:
        """The teams a person belongs to, the oldest first, at most 20."""

    async def invited_to(
        self, invitation: Fingerprint, at: datetime
    ) -> tuple[Team, datetime] | None:
        """The team whose invitation this is and when it ends, unless it has by then; as it is
        now, since a link is opened the moment it is made."""


class Known(Protocol):
    """What is asked because somebody wants to know or to go: as the primary knows it now."""

    async def of(self, user_id: UserId) -> Mapping[str, Any]:
        """All that is kept of a person, for himself."""

    async def captains(self, team_ids: Sequence[TeamId]) -> Mapping[TeamId, UserId]:
        """Of those teams that are still there."""


class SideReads(Protocol):
    """What is asked about sides."""

    async def sides(self, session_id: SessionId) -> list[Side]:
        """A session's sides in order; none before it starts."""


class People(Protocol):
    """What teams asks of users."""

    async def is_registered(self, user_id: UserId) -> bool:
        """Whether the person has given a name and a phone, as users knows it now.

        Raises Unanswered, or RemoteRefusal when users cannot say.
        """

    async def profiles(self, user_ids: Iterable[UserId]) -> Mapping[UserId, Profile]:
        """Of those whom users knows; none at all while users does not answer."""
