"""Writes: teams in one transaction on the primary. Whatever shows a changed team leaves the
cache after the commit."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert

from services.chassis.cache import Cache
from services.chassis.db import WriteTransaction
from services.teams.domain.invitations import Fingerprint
from services.teams.domain.team import Member, Team, TeamId, UserId
from services.teams.storage.keys import keys_of
from services.teams.storage.rosters import rosters
from services.teams.storage.tables import invitations, members, teams


class SqlTeams:
    """`domain.ports.Teams` over Postgres."""

    def __init__(self, transaction: WriteTransaction, cache: Cache) -> None:
        self._transaction = transaction
        self._cache = cache

    async def add(self, name: str, captain: UserId, at: datetime) -> Team | None:
        """A new team of its captain alone; nothing when he leads one already."""
        added = await self._transaction.execute(
            upsert(teams)
            .values(name=name, captain_id=captain, created_at=at)
            .on_conflict_do_nothing(index_elements=[teams.c.captain_id])
            .returning(teams.c.id)
        )
        number = added.scalar_one_or_none()
        if number is None:
            return None
        team = Team(id=TeamId(number), name=name, captain_id=captain, members=())
        return await self.join(team, captain, at)

    async def lock(self, team_id: TeamId) -> Team | None:
        """The team, unchanged by others until the commit, or nothing."""
        # The lock comes first: a roster read before it could lack who joined meanwhile.
        locking = select(teams.c.id).where(teams.c.id == team_id).with_for_update()
        await self._transaction.execute(locking)
        found = await rosters(self._transaction, teams.c.id == team_id)
        return found[0] if found else None

    async def join(self, team: Team, user_id: UserId, at: datetime) -> Team:
        """The locked team with a member more."""
        member = {"team_id": team.id, "user_id": user_id, "joined_at": at}
        await self._transaction.execute(insert(members).values(member))
        joined = Member(user_id=user_id, joined_at=at)
        team = replace(team, members=(*team.members, joined))
        self._uncache(team)
        return team

    async def leave(self, team: Team, user_id: UserId) -> None:
        """The locked team loses a member."""
        is_his = (members.c.team_id == team.id) & (members.c.user_id == user_id)
        await self._transaction.execute(delete(members).where(is_his))
        self._uncache(team)

    async def dissolve(self, team: Team) -> None:
        """The locked team ends, with its members and invitations (by the foreign keys)."""
        await self._transaction.execute(delete(teams).where(teams.c.id == team.id))
        self._uncache(team)

    async def invite(self, team: Team, invitation: Fingerprint, expires_at: datetime) -> None:
        """Keep an invitation."""
        kept = {"fingerprint": invitation, "team_id": team.id, "expires_at": expires_at}
        await self._transaction.execute(insert(invitations).values(kept))

    async def invited_to(self, invitation: Fingerprint, at: datetime) -> TeamId | None:
        """The team whose invitation this is, unless it has expired by then."""
        found = await self._transaction.execute(
            select(invitations.c.team_id).where(
                invitations.c.fingerprint == invitation, invitations.c.expires_at > at
            )
        )
        number = found.scalar_one_or_none()
        return None if number is None else TeamId(number)

    def _uncache(self, team: Team) -> None:
        keys = keys_of(self._cache, team)
        self._transaction.after_commit(lambda position: self._cache.invalidate(keys, position))
