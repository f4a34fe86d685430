"""Figures of seasons and careers: added to in a transaction, read as standings."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, bindparam, select
from sqlalchemy.dialects.postgresql import insert as upsert

from services.chassis.consistency import Position
from services.chassis.db import Database, WriteTransaction
from services.sessions.domain.evening_ports import LeaderOrder
from services.sessions.domain.figures import CAREER, Figures
from services.sessions.domain.values import UserId
from services.sessions.storage.matches_tables import figures

COUNTED = ("goals", "assists", "wins", "matches", "sessions", "man_of_session")
TIES = (figures.c.doubled_points, figures.c.goals, figures.c.assists)

_NEW = upsert(figures)
ADD = _NEW.on_conflict_do_update(
    index_elements=["user_id", "season"],
    set_={name: figures.c[name] + _NEW.excluded[name] for name in COUNTED},
)
OF_PERSON = select(figures).where(figures.c.user_id == bindparam("user_id"))


async def add(transaction: WriteTransaction, added: Sequence[Figures], season: int) -> None:
    """To the people's rows of the season and of their careers."""
    # In one order everywhere, so that two evenings that end at once do not wait for each other.
    ordered = sorted(added, key=lambda one: one.user_id)
    counted = [_row(one, year) for year in (CAREER, season) for one in ordered]
    if counted:
        await transaction.execute(ADD, counted)


class SqlStandings:
    """The port `Standings` over the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of_person(self, user_id: UserId, season: int) -> tuple[Figures, Figures]:
        """Of the season, and of the career; zeros where he has not played."""
        _, seasons = await self.of_person_at(user_id)
        none = Figures(user_id=user_id)
        return seasons.get(season, none), seasons.get(CAREER, none)

    async def of_person_at(self, user_id: UserId) -> tuple[Position, dict[int, Figures]]:
        """By season, with the position they were read at."""
        async with self._database.read() as transaction:
            found = await transaction.execute(OF_PERSON, {"user_id": user_id})
            return transaction.position, {row.season: _figures(row) for row in found}

    async def leaders(
        self, season: int, order: LeaderOrder, offset: int, count: int
    ) -> Sequence[Figures]:
        """`count` of those who have figures in the season, after the first `offset`."""
        return (await self.leaders_at(season, order, offset, count))[1]

    async def leaders_at(
        self, season: int, order: LeaderOrder, offset: int, count: int
    ) -> tuple[Position, Sequence[Figures]]:
        """`leaders`, with the position they were read at."""
        first = figures.c[order.value]
        query = (
            select(figures)
            .where(figures.c.season == season)
            .order_by(
                first.desc(), *(tie.desc() for tie in TIES if tie is not first), figures.c.user_id
            )
            .offset(offset)
            .limit(count)
        )
        async with self._database.read() as transaction:
            found = await transaction.execute(query)
            return transaction.position, list(map(_figures, found))


def _row(one: Figures, season: int) -> dict[str, int]:
    return {
        "user_id": one.user_id,
        "season": season,
        "goals": one.goals,
        "assists": one.assists,
        "wins": one.wins,
        "matches": one.matches,
        "sessions": one.sessions,
        "man_of_session": one.times_man_of_session,
    }


def _figures(row: Row[Any]) -> Figures:
    return Figures(
        user_id=row.user_id,
        goals=row.goals,
        assists=row.assists,
        wins=row.wins,
        matches=row.matches,
        sessions=row.sessions,
        times_man_of_session=row.man_of_session,
    )
