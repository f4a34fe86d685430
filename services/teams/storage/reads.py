"""Reads: from the cache, then a replica, then the primary."""

from datetime import datetime

from sqlalchemy import ColumnElement, select

from services.chassis.cache import Cache
from services.chassis.consistency import Position
from services.chassis.db import Database
from services.teams.domain.invitations import Fingerprint
from services.teams.domain.team import Team, TeamId, UserId
from services.teams.storage.keys import team_key, teams_of_key
from services.teams.storage.rosters import packed, rosters, unpacked
from services.teams.storage.tables import invitations, members, teams

MOST_TEAMS = 20


class SqlTeamReads:
    """`domain.ports.TeamReads` over Postgres and the cache."""

    def __init__(self, database: Database, cache: Cache, cache_ttl: float) -> None:
        self._database = database
        self._cache = cache
        self._cache_ttl = cache_ttl

    async def team(self, team_id: TeamId) -> Team | None:
        """The team, or nothing."""
        found = await self._cached(team_key(self._cache, team_id), teams.c.id == team_id)
        return found[0] if found else None

    async def teams_of(self, user_id: UserId) -> list[Team]:
        """The teams a person belongs to, the oldest first, at most 20."""
        his = (
            select(members.c.team_id)
            .where(members.c.user_id == user_id)
            .order_by(members.c.team_id)
            .limit(MOST_TEAMS)
        )
        return await self._cached(teams_of_key(self._cache, user_id), teams.c.id.in_(his))

    async def invited_to(
        self, invitation: Fingerprint, at: datetime
    ) -> tuple[Team, datetime] | None:
        """The team whose invitation this is and when it ends, unless it has by then; from the
        primary, since a link is opened the moment it is made."""
        wanted = select(invitations.c.team_id, invitations.c.expires_at).where(
            invitations.c.fingerprint == invitation, invitations.c.expires_at > at
        )
        async with self._database.read_primary() as transaction:
            row = (await transaction.execute(wanted)).one_or_none()
            found = await rosters(transaction, teams.c.id == row.team_id) if row else []
        return (found[0], row.expires_at) if row and found else None

    async def _cached(self, key: str, where: ColumnElement[bool]) -> list[Team]:
        async def load() -> tuple[Position, bytes]:
            async with self._database.read() as transaction:
                found = await rosters(transaction, where)
            return transaction.position, packed(found)

        return unpacked(await self._cache.fetch(key, load, ttl=self._cache_ttl))
