"""What the use cases need of a store, and of the service that knows people."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Protocol

from services.teams.domain.invitations import Fingerprint
from services.teams.domain.team import Team, TeamId, UserId


class Teams(Protocol):
    """Teams in one transaction on the primary."""

    async def add(self, name: str, captain: UserId, at: datetime) -> Team | None:
        """A new team of its captain alone; nothing when he leads one already."""

    async def lock(self, team_id: TeamId) -> Team | None:
        """The team, unchanged by others until the commit, or nothing."""

    async def join(self, team: Team, user_id: UserId, at: datetime) -> Team:
        """The locked team with a member more."""

    async def leave(self, team: Team, user_id: UserId) -> None:
        """The locked team loses a member."""

    async def dissolve(self, team: Team) -> None:
        """The locked team ends, with its invitations."""

    async def invite(self, team: Team, invitation: Fingerprint, expires_at: datetime) -> None:
        """Keep an invitation."""

    async def invited_to(self, invitation: Fingerprint, at: datetime) -> TeamId | None:
        """The team whose invitation this is, unless it has expired by then."""


class TeamReads(Protocol):
    """What is asked about teams; may be seconds old."""

    async def team(self, team_id: TeamId) -> Team | None:
        """The team, or nothing."""

    async def teams_of(self, user_id: UserId) -> list[Team]:
        """The teams a person belongs to, the oldest first, at most 20."""


class People(Protocol):
    """What teams asks of users."""

    async def is_registered(self, user_id: UserId) -> bool:
        """Whether the person has given a name and a phone, as users knows it now.

        Raises Unanswered, or RemoteRefusal when users cannot say.
        """

    async def names(self, user_ids: Iterable[UserId]) -> Mapping[UserId, str]:
        """The names of those whom users knows; none at all while users does not answer."""
