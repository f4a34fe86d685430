"""Writes: teams in one transaction on the primary. Whatever shows a changed team leaves the
cache after the commit."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import IntegrityError

from services.chassis.cache import Cache
from services.chassis.db import WriteTransaction
from services.teams.domain.invitations import Fingerprint
from services.teams.domain.notices import Notice
from services.teams.domain.team import Member, Team, TeamId, UserId
from services.teams.storage.keys import keys_of
from services.teams.storage.outbox import Outbox
from services.teams.storage.rosters import rosters
from services.teams.storage.tables import audit, invitations, members, teams


class SqlTeams:
    """`domain.ports.Teams` over Postgres."""

    def __init__(self, transaction: WriteTransaction, cache: Cache, outbox: Outbox) -> None:
        self._transaction = transaction
        self._cache = cache
        self._outbox = outbox

    async def tell(self, notices: Sequence[Notice]) -> None:
        """They are sent if, and only if, the transaction commits."""
        await self._outbox.enqueue(notices)

    async def add(
        self, name: str, captain: UserId, at: datetime, shirt_number: int = 0
    ) -> Team | None:
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
        return await self.join(team, captain, at, shirt_number)

    async def lock(self, team_id: TeamId) -> Team | None:
        """The team, unchanged by others until the commit, or nothing."""
        # The lock comes first: a roster read before it could lack who joined meanwhile.
        locking = select(teams.c.id).where(teams.c.id == team_id).with_for_update()
        await self._transaction.execute(locking)
        found = await rosters(self._transaction, teams.c.id == team_id)
        return found[0] if found else None

    async def join(self, team: Team, user_id: UserId, at: datetime, shirt_number: int = 0) -> Team:
        """The locked team with a member more."""
        member = {
            "team_id": team.id,
            "user_id": user_id,
            "joined_at": at,
            "shirt_number": shirt_number,
        }
        await self._transaction.execute(insert(members).values(member))
        joined = Member(user_id=user_id, joined_at=at, shirt_number=shirt_number)
        team = replace(team, members=(*team.members, joined))
        self._uncache(team)
        return team

    async def leave(self, team: Team, user_id: UserId) -> Team:
        """The locked team with a member less."""
        is_his = (members.c.team_id == team.id) & (members.c.user_id == user_id)
        await self._transaction.execute(delete(members).where(is_his))
        self._uncache(team)
        stay = tuple(member for member in team.members if member.user_id != user_id)
        return replace(team, members=stay)

    async def dissolve(self, team: Team) -> None:
        """The locked team ends, with its members and invitations (by the foreign keys)."""
        await self._transaction.execute(delete(teams).where(teams.c.id == team.id))
        self._uncache(team)

    async def describe(self, team: Team, name: str, description: str) -> Team:
        """The locked team under this name, with these words about itself."""
        await self._change(team, {"name": name, "description": description})
        return replace(team, name=name, description=description)

    async def hand_over(self, team: Team, heir: UserId) -> Team | None:
        """The locked team under another captain; nothing when he leads one already."""
        try:
            # He may begin a team at this moment: the unique key alone is sure.
            async with self._transaction.savepoint():
                await self._change(team, {"captain_id": heir})
        except IntegrityError:
            return None
        return replace(team, captain_id=heir)

    async def number(self, team: Team, user_id: UserId, shirt_number: int) -> Team:
        """The locked team with a member in another shirt; the number is free."""
        is_his = (members.c.team_id == team.id) & (members.c.user_id == user_id)
        wears = update(members).where(is_his).values(shirt_number=shirt_number)
        await self._transaction.execute(wears)
        self._uncache(team)
        dressed = tuple(
            replace(member, shirt_number=shirt_number) if member.user_id == user_id else member
            for member in team.members
        )
        return replace(team, members=dressed)

    async def invite(self, team: Team, invitation: Fingerprint, expires_at: datetime) -> None:
        """Keep an invitation."""
        kept = {"fingerprint": invitation, "team_id": team.id, "expires_at": expires_at}
        await self._transaction.execute(insert(invitations).values(kept))

    async def revoke(self, team: Team) -> None:
        """Forget all invitations to the locked team."""
        theirs = invitations.c.team_id == team.id
        await self._transaction.execute(delete(invitations).where(theirs))

    async def record(
        self, team: Team, actor: UserId, action: str, subject: UserId | None = None, note: str = ""
    ) -> None:
        """Write into the audit who did what to whom in the team."""
        deed = {"actor_id": actor, "action": action, "team_id": team.id, "note": note}
        await self._transaction.execute(insert(audit).values(subject_id=subject, **deed))

    async def invited_to(self, invitation: Fingerprint, at: datetime) -> TeamId | None:
        """The team whose invitation this is, unless it has expired by then."""
        found = await self._transaction.execute(
            select(invitations.c.team_id).where(
                invitations.c.fingerprint == invitation, invitations.c.expires_at > at
            )
        )
        number = found.scalar_one_or_none()
        return None if number is None else TeamId(number)

    async def _change(self, team: Team, values: dict[str, object]) -> None:
        await self._transaction.execute(update(teams).where(teams.c.id == team.id).values(values))
        self._uncache(team)

    def _uncache(self, team: Team) -> None:
        keys = keys_of(self._cache, team)
        self._transaction.after_commit(lambda position: self._cache.invalidate(keys, position))
