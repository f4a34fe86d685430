"""The sides of sessions: reads from the cache, writes in one transaction on the primary, after
whose commit the changed ones leave the cache."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, func, insert, select, update

from services.chassis.cache import Cache
from services.chassis.db import Database, ReadTransaction, WriteTransaction
from services.teams.domain.notices import Notice
from services.teams.domain.side import DrawnSide, SessionId, Side, SideId, SidePlayer
from services.teams.domain.team import Team, TeamId, UserId
from services.teams.storage.cached import CachedLists
from services.teams.storage.keys import sides_key
from services.teams.storage.outbox import Outbox
from services.teams.storage.rosters import rosters
from services.teams.storage.tables import side_players, sides, teams


class SqlSides:
    """`domain.ports.Sides` over Postgres."""

    def __init__(self, transaction: WriteTransaction, cache: Cache, outbox: Outbox) -> None:
        self._transaction = transaction
        self._cache = cache
        self._outbox = outbox

    async def tell(self, notices: Sequence[Notice]) -> None:
        """They are sent if, and only if, the transaction commits."""
        await self._outbox.enqueue(notices)

    async def lock_session(self, session_id: SessionId) -> list[Side]:
        """Its sides in order, unchanged by others until the commit."""
        # There may be no row to lock yet.
        key = func.hashtextextended("sides", session_id)
        await self._transaction.execute(select(func.pg_advisory_xact_lock(key)))
        return await _found(self._transaction, sides.c.session_id == session_id)

    async def replace(self, session_id: SessionId, drawn: Sequence[DrawnSide]) -> list[Side]:
        """The locked session's sides from now on."""
        await self._transaction.execute(delete(sides).where(sides.c.session_id == session_id))
        self._uncache(session_id)
        return [await self._add(session_id, side) for side in drawn]

    async def lock(self, side_id: SideId) -> Side | None:
        """The side, unchanged by others until the commit, or nothing."""
        locking = select(sides.c.id).where(sides.c.id == side_id).with_for_update()
        await self._transaction.execute(locking)
        found = await _found(self._transaction, sides.c.id == side_id)
        return found[0] if found else None

    async def number(self, side: Side, user_id: UserId, shirt_number: int) -> Side:
        """The locked side with a player in another shirt; the number is free."""
        is_his = (side_players.c.side_id == side.id) & (side_players.c.user_id == user_id)
        wears = update(side_players).where(is_his).values(shirt_number=shirt_number)
        await self._transaction.execute(wears)
        self._uncache(side.session_id)
        dressed = tuple(
            replace(player, shirt_number=shirt_number) if player.user_id == user_id else player
            for player in side.players
        )
        return replace(side, players=dressed)

    async def teams(self, team_ids: Sequence[TeamId]) -> Mapping[TeamId, Team]:
        """Those of the teams that are still there."""
        found = await rosters(self._transaction, teams.c.id.in_(team_ids)) if team_ids else []
        return {team.id: team for team in found}

    async def _add(self, session_id: SessionId, drawn: DrawnSide) -> Side:
        kept = {
            "session_id": session_id,
            "number": drawn.number,
            "team_id": drawn.team_id,
            "name": drawn.name,
        }
        added = await self._transaction.execute(insert(sides).values(kept).returning(sides.c.id))
        side_id = SideId(added.scalar_one())
        players = [
            {
                "side_id": side_id,
                "user_id": player.user_id,
                "session_id": session_id,
                "place": place,
                "shirt_number": player.shirt_number,
            }
            for place, player in enumerate(drawn.players)
        ]
        await self._transaction.execute(insert(side_players).values(players))
        return Side(
            id=side_id,
            session_id=session_id,
            number=drawn.number,
            players=drawn.players,
            team_id=drawn.team_id,
            name=drawn.name,
        )

    def _uncache(self, session_id: SessionId) -> None:
        key = sides_key(self._cache, session_id)
        self._transaction.after_commit(lambda position: self._cache.invalidate([key], position))


class SqlSideReads:
    """`domain.ports.SideReads` over Postgres and the cache."""

    def __init__(self, database: Database, cache: Cache, cache_ttl: float) -> None:
        self._cache = cache
        self._sides = CachedLists(database, cache, cache_ttl, Side)

    async def sides(self, session_id: SessionId) -> list[Side]:
        """A session's sides in order; none before it starts."""
        key = sides_key(self._cache, session_id)
        return await self._sides.of(key, partial(_found, where=sides.c.session_id == session_id))


async def stands(database: Database, side_id: int) -> bool:
    """Whether the side has not been replaced."""
    wanted = select(sides.c.id).where(sides.c.id == side_id)
    async with database.read_primary() as transaction:
        return (await transaction.execute(wanted)).scalar_one_or_none() is not None


async def _found(transaction: ReadTransaction, where: ColumnElement[bool]) -> list[Side]:
    rows = await transaction.execute(
        select(sides, side_players.c.user_id, side_players.c.shirt_number)
        .join_from(sides, side_players, side_players.c.side_id == sides.c.id)
        .where(where)
        .order_by(sides.c.number, side_players.c.place)
    )
    by_side: dict[int, list[Row[Any]]] = {}
    for row in rows:
        by_side.setdefault(row.id, []).append(row)
    return [_side(found) for found in by_side.values()]


def _side(rows: Sequence[Row[Any]]) -> Side:
    first = rows[0]
    return Side(
        id=SideId(first.id),
        session_id=SessionId(first.session_id),
        number=first.number,
        players=tuple(
            SidePlayer(user_id=UserId(row.user_id), shirt_number=row.shirt_number) for row in rows
        ),
        team_id=None if first.team_id is None else TeamId(first.team_id),
        name=first.name,
    )
