"""Teams in memory: keeps the promises of `services.teams.domain.ports.Teams`."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime

from services.teams.domain.invitations import Fingerprint
from services.teams.domain.notices import Notice
from services.teams.domain.team import Member, Team, TeamId, UserId


@dataclass(slots=True)
class MemoryTeams:
    """A store whose transactions take place one by one."""

    teams: dict[TeamId, Team] = field(default_factory=dict)
    invitations: dict[Fingerprint, tuple[TeamId, datetime]] = field(default_factory=dict)
    told: list[Notice] = field(default_factory=list)
    deeds: list[tuple[UserId, str, UserId | None, str]] = field(default_factory=list)
    _last: int = 0

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator["MemoryTeams"]:
        """The store; an error undoes what was done."""
        before = dict(self.teams), dict(self.invitations), list(self.told)
        try:
            yield self
        except BaseException:
            self.teams, self.invitations, self.told = before
            raise

    async def tell(self, notices: Sequence[Notice]) -> None:
        self.told += notices

    async def record(
        self, team: Team, actor: UserId, action: str, subject: UserId | None = None, note: str = ""
    ) -> None:
        self.deeds.append((actor, action, subject, note))

    async def add(
        self, name: str, captain: UserId, at: datetime, shirt_number: int = 0
    ) -> Team | None:
        if self._leads(captain):
            return None
        self._last += 1
        team = Team(id=TeamId(self._last), name=name, captain_id=captain, members=())
        return await self.join(team, captain, at, shirt_number)

    async def lock(self, team_id: TeamId) -> Team | None:
        return self.teams.get(team_id)

    async def join(self, team: Team, user_id: UserId, at: datetime, shirt_number: int = 0) -> Team:
        member = Member(user_id=user_id, joined_at=at, shirt_number=shirt_number)
        return self._kept(replace(team, members=(*team.members, member)))

    async def leave(self, team: Team, user_id: UserId) -> Team:
        stay = tuple(member for member in team.members if member.user_id != user_id)
        return self._kept(replace(team, members=stay))

    async def dissolve(self, team: Team) -> None:
        del self.teams[team.id]
        await self.revoke(team)

    async def describe(self, team: Team, name: str, description: str) -> Team:
        return self._kept(replace(team, name=name, description=description))

    async def hand_over(self, team: Team, heir: UserId) -> Team | None:
        return None if self._leads(heir) else self._kept(replace(team, captain_id=heir))

    async def number(self, team: Team, user_id: UserId, shirt_number: int) -> Team:
        dressed = tuple(
            replace(member, shirt_number=shirt_number) if member.user_id == user_id else member
            for member in team.members
        )
        return self._kept(replace(team, members=dressed))

    async def invite(self, team: Team, invitation: Fingerprint, expires_at: datetime) -> None:
        self.invitations[invitation] = (team.id, expires_at)

    async def revoke(self, team: Team) -> None:
        self.invitations = {
            token: kept for token, kept in self.invitations.items() if kept[0] != team.id
        }

    async def invited_to(self, invitation: Fingerprint, at: datetime) -> TeamId | None:
        kept = self.invitations.get(invitation)
        return kept[0] if kept and kept[1] > at else None

    def _leads(self, user_id: UserId) -> bool:
        return any(team.captain_id == user_id for team in self.teams.values())

    def _kept(self, team: Team) -> Team:
        self.teams[team.id] = team
        return team
