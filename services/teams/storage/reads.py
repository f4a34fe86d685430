"""Reads: from the cache, then a replica, then the primary."""

from datetime import datetime
from functools import partial

from sqlalchemy import select

from services.chassis.cache import Cache
from services.chassis.db import Database
from services.teams.domain.invitations import Fingerprint
from services.teams.domain.team import Team, TeamId, UserId
from services.teams.storage.cached import CachedLists
from services.teams.storage.keys import team_key, teams_of_key
from services.teams.storage.rosters import rosters
from services.teams.storage.tables import invitations, members, teams

MOST_TEAMS = 20


class SqlTeamReads:
    """`domain.ports.TeamReads` over Postgres and the cache."""

    def __init__(self, database: Database, cache: Cache, cache_ttl: float) -> None:
        self._database = database
        self._cache = cache
        self._teams = CachedLists(database, cache, cache_ttl, Team)

    async def team(self, team_id: TeamId) -> Team | None:
        """The team, or nothing."""
        key = team_key(self._cache, team_id)
        found = await self._teams.of(key, partial(rosters, where=teams.c.id == team_id))
        return found[0] if found else None

    async def teams_of(self, user_id: UserId) -> list[Team]:
        """The teams a person belongs to, the oldest first, at most 20."""
        his = (
            select(members.c.team_id)
            .where(members.c.user_id == user_id)
            .order_by(members.c.team_id)
            .limit(MOST_TEAMS)
        )
        key = teams_of_key(self._cache, user_id)
        return await self._teams.of(key, partial(rosters, where=teams.c.id.in_(his)))

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
