"""What the schema `teams` knows of one person, as it is shown to him, and who leads a team: from
the primary."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import any_, literal, select, text
from sqlalchemy.dialects.postgresql import ARRAY, BIGINT

from services.chassis.db import Database
from services.chassis.exports import rows
from services.teams.domain.team import TeamId, UserId
from services.teams.storage.tables import teams

_MEMBERSHIPS = text("""SELECT t.id AS team_id, t.name, t.description, m.joined_at, m.shirt_number,
    t.captain_id = :me AS captain
    FROM members m JOIN teams t ON t.id = m.team_id WHERE m.user_id = :me
    ORDER BY m.id DESC LIMIT :most""")
_SIDES = text("""SELECT s.session_id, s.number AS side, s.name, s.team_id, p.shirt_number
    FROM side_players p JOIN sides s ON s.id = p.side_id WHERE p.user_id = :me
    ORDER BY s.id DESC LIMIT :most""")
# What was noted of others is theirs.
_AUDIT = text("""SELECT at, action, team_id, actor_id = :me AS by_you,
    subject_id IS NOT DISTINCT FROM :me AS about_you,
    CASE WHEN subject_id = :me OR subject_id IS NULL THEN note ELSE '' END AS note
    FROM audit WHERE actor_id = :me OR subject_id = :me ORDER BY id DESC LIMIT :most""")


class SqlKnown:
    """`domain.ports.Known` over Postgres."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, user_id: UserId) -> Mapping[str, Any]:
        """All that is kept of a person, for himself."""
        me = {"me": user_id}
        async with self._database.read_primary() as transaction:
            return {
                "teams": await rows(transaction, _MEMBERSHIPS, me),
                "sides": await rows(transaction, _SIDES, me),
                "audit": await rows(transaction, _AUDIT, me),
            }

    async def captains(self, team_ids: Sequence[TeamId]) -> Mapping[TeamId, UserId]:
        """Of those teams that are still there, as the primary knows them now."""
        asked = select(teams.c.id, teams.c.captain_id).where(
            teams.c.id == any_(literal(list(team_ids), ARRAY(BIGINT)))
        )
        async with self._database.read_primary() as transaction:
            found = await transaction.execute(asked)
            return {TeamId(row.id): UserId(row.captain_id) for row in found}
