"""Teams with their rosters: one query for any number of them."""

from typing import Any

from sqlalchemy import ColumnElement, Row, select

from services.chassis.db import ReadTransaction
from services.teams.domain.team import Member, Team, TeamId, UserId
from services.teams.storage.tables import members, teams


async def rosters(transaction: ReadTransaction, where: ColumnElement[bool]) -> list[Team]:
    """The teams, the oldest first, each with its members in order of joining."""
    found = await transaction.execute(
        select(teams, members.c.user_id, members.c.joined_at, members.c.shirt_number)
        .join_from(teams, members, members.c.team_id == teams.c.id)
        .where(where)
        .order_by(teams.c.id, members.c.id)
    )
    by_team: dict[int, list[Row[Any]]] = {}
    for row in found:
        by_team.setdefault(row.id, []).append(row)
    return [_team(rows) for rows in by_team.values()]


def _team(rows: list[Row[Any]]) -> Team:
    first = rows[0]
    return Team(
        id=TeamId(first.id),
        name=first.name,
        captain_id=UserId(first.captain_id),
        members=tuple(
            Member(
                user_id=UserId(row.user_id),
                joined_at=row.joined_at,
                shirt_number=row.shirt_number,
            )
            for row in rows
        ),
        description=first.description,
    )
