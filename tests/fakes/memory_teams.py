"""Teams in memory: keeps the promises of `services.teams.domain.ports.Teams`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime

from services.teams.domain.invitations import Fingerprint
from services.teams.domain.team import Member, Team, TeamId, UserId


@dataclass(slots=True)
class MemoryTeams:
    """A store whose transactions take place one by one."""

    teams: dict[TeamId, Team] = field(default_factory=dict)
    invitations: dict[Fingerprint, tuple[TeamId, datetime]] = field(default_factory=dict)
    _last: int = 0

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator["MemoryTeams"]:
        """The store; an error undoes what was done."""
        before = dict(self.teams), dict(self.invitations)
        try:
            yield self
        except BaseException:
            self.teams, self.invitations = before
            raise

    async def add(self, name: str, captain: UserId, at: datetime) -> Team | None:
        if any(team.captain_id == captain for team in self.teams.values()):
            return None
        self._last += 1
        team = Team(id=TeamId(self._last), name=name, captain_id=captain, members=())
        return await self.join(team, captain, at)

    async def lock(self, team_id: TeamId) -> Team | None:
        return self.teams.get(team_id)

    async def join(self, team: Team, user_id: UserId, at: datetime) -> Team:
        member = Member(user_id=user_id, joined_at=at)
        self.teams[team.id] = replace(team, members=(*team.members, member))
        return self.teams[team.id]

    async def leave(self, team: Team, user_id: UserId) -> None:
        stay = tuple(member for member in team.members if member.user_id != user_id)
        self.teams[team.id] = replace(team, members=stay)

    async def dissolve(self, team: Team) -> None:
        del self.teams[team.id]
        self.invitations = {
            token: kept for token, kept in self.invitations.items() if kept[0] != team.id
        }

    async def invite(self, team: Team, invitation: Fingerprint, expires_at: datetime) -> None:
        self.invitations[invitation] = (team.id, expires_at)

    async def invited_to(self, invitation: Fingerprint, at: datetime) -> TeamId | None:
        kept = self.invitations.get(invitation)
        return kept[0] if kept and kept[1] > at else None
