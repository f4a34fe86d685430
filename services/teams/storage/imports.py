"""Teams and members of another bot, many in one statement. What showed less than they bring
leaves the cache after the commit."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ARRAY, BigInteger, any_, literal, select, text
from sqlalchemy.sql.expression import CollectionAggregate

from services.chassis.cache import Cache
from services.chassis.imports import Batch, Taken
from services.teams.domain.team import TeamId, UserId
from services.teams.storage.keys import team_key, teams_of_key
from services.teams.storage.tables import members, teams

TEAM = "team"
MEMBER = "member"

_ADD_TEAMS = text("""
INSERT INTO teams (id, name, captain_id, created_at, description) OVERRIDING SYSTEM VALUE
SELECT r.* FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(id bigint, name text,
    captain_id bigint, created_at timestamptz, description text)""")
_ADD_CAPTAINS = text("""
INSERT INTO members (team_id, user_id, joined_at)
SELECT r.id, r.captain_id, r.created_at FROM jsonb_to_recordset(CAST(:rows AS jsonb))
    AS r(id bigint, captain_id bigint, created_at timestamptz)""")
_ADD_MEMBERS = text("""
INSERT INTO members (id, team_id, user_id, joined_at, shirt_number) OVERRIDING SYSTEM VALUE
SELECT r.id, r.team_id, r.user_id, teams.created_at, r.shirt_number
FROM jsonb_to_recordset(CAST(:rows AS jsonb))
    AS r(id bigint, team_id bigint, user_id bigint, shirt_number smallint)
JOIN teams ON teams.id = r.team_id""")
_DRESS = text("""
UPDATE members SET shirt_number = r.shirt_number
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(id bigint, shirt_number smallint)
WHERE members.id = r.id""")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTeam:
    """A team of another bot, cleaned."""

    legacy_id: str
    name: str
    captain_id: UserId
    description: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMember:
    """A member of another bot's team; `id` is his row's when he is in already."""

    legacy_id: str
    team_id: TeamId
    user_id: UserId
    shirt_number: int
    id: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """Who is in a team: row and shirt by person."""

    rows: Mapping[UserId, int]
    shirts: Mapping[UserId, int]


class SqlNewTeams:
    """One call's rows, in its transaction."""

    def __init__(self, batch: Batch, cache: Cache) -> None:
        self._batch = batch
        self._cache = cache

    async def captains(self, people: Iterable[UserId]) -> Collection[UserId]:
        """Those of the people who lead a team."""
        asked = select(teams.c.captain_id).where(teams.c.captain_id == _any(people))
        found = await self._batch.transaction.execute(asked)
        return {UserId(row.captain_id) for row in found}

    async def add(self, newcomers: Sequence[NewTeam]) -> list[Taken]:
        """New teams of their captains alone."""
        ids = await self._batch.new_ids("teams", len(newcomers))
        rows = [_team(number, team) for number, team in zip(ids, newcomers, strict=True)]
        await self._batch.rows(_ADD_TEAMS, rows)
        await self._batch.rows(_ADD_CAPTAINS, rows)
        self._uncache(teams_of_key(self._cache, team.captain_id) for team in newcomers)
        taken = [
            Taken(legacy_id=team.legacy_id, id=number)
            for number, team in zip(ids, newcomers, strict=True)
        ]
        await self._batch.take(TEAM, taken)
        return taken

    async def rosters(self, team_ids: Iterable[TeamId]) -> dict[TeamId, Roster]:
        """The teams that exist, unchanged by others until the commit."""
        of_them = _any(team_ids)
        locking = select(teams.c.id).where(teams.c.id == of_them).order_by(teams.c.id)
        found = await self._batch.transaction.execute(locking.with_for_update())
        rosters = {TeamId(row.id): Roster(rows={}, shirts={}) for row in found}
        asked = select(members).where(members.c.team_id == _any(rosters))
        rows: dict[TeamId, dict[UserId, int]] = {team: {} for team in rosters}
        shirts: dict[TeamId, dict[UserId, int]] = {team: {} for team in rosters}
        for row in await self._batch.transaction.execute(asked):
            rows[TeamId(row.team_id)][UserId(row.user_id)] = row.id
            shirts[TeamId(row.team_id)][UserId(row.user_id)] = row.shirt_number
        return {team: Roster(rows=rows[team], shirts=shirts[team]) for team in rosters}

    async def join(self, newcomers: Sequence[NewMember]) -> list[Taken]:
        """Members, in order; who is in already gets his shirt."""
        new = [member for member in newcomers if not member.id]
        ids = iter(await self._batch.new_ids("members", len(new)))
        numbered = [(member.id or next(ids), member) for member in newcomers]
        added = [_member(row, one) for row, one in numbered if not one.id]
        dressed = [_member(row, one) for row, one in numbered if one.id and one.shirt_number]
        await self._batch.rows(_ADD_MEMBERS, added)
        await self._batch.rows(_DRESS, dressed)
        taken = [Taken(legacy_id=one.legacy_id, id=row) for row, one in numbered]
        await self._batch.take(MEMBER, taken)
        await self._uncache_rosters({member.team_id for member in newcomers})
        return taken

    async def _uncache_rosters(self, team_ids: Collection[TeamId]) -> None:
        asked = select(members.c.user_id).where(members.c.team_id == _any(team_ids))
        shown_to = (await self._batch.transaction.execute(asked)).scalars().all()
        self._uncache(teams_of_key(self._cache, UserId(user_id)) for user_id in shown_to)
        self._uncache(team_key(self._cache, team_id) for team_id in team_ids)

    def _uncache(self, keys: Iterable[str]) -> None:
        kept = list(keys)
        self._batch.transaction.after_commit(
            lambda position: self._cache.invalidate(kept, position)
        )


def _team(number: int, team: NewTeam) -> dict[str, object]:
    return {
        "id": number,
        "name": team.name,
        "captain_id": team.captain_id,
        "created_at": team.created_at.isoformat(),
        "description": team.description,
    }


def _member(number: int, member: NewMember) -> dict[str, object]:
    return {
        "id": number,
        "team_id": member.team_id,
        "user_id": member.user_id,
        "shirt_number": member.shirt_number,
    }


def _any(numbers: Iterable[int]) -> CollectionAggregate[bool]:
    return any_(literal(list(numbers), ARRAY(BigInteger)))
