"""Reads: sessions with everybody in them, each answer one query on a replica if one serves."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    ColumnElement,
    Select,
    Text,
    bindparam,
    case,
    func,
    literal_column,
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by

from services.chassis.consistency import Position
from services.chassis.db import Database
from services.sessions.domain.boards import After, Board
from services.sessions.domain.values import Session, SessionId, Status, UserId, Venue
from services.sessions.storage import rows
from services.sessions.storage.entry_statements import ACTIVE, PLAYERS, TOLD, WAITS
from services.sessions.storage.tables import entries, entry_players, payments, sessions, venues


class SqlBoards:
    """The port `Boards` over the database. The `…_at` methods also tell which position was read."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of_session(self, session_id: SessionId) -> Board | None:
        """None: no such session."""
        return (await self.of_sessions([session_id]))[0]

    async def of_sessions(self, session_ids: Sequence[SessionId]) -> Sequence[Board | None]:
        """None: no such session."""
        return (await self.of_sessions_at(session_ids))[1]

    async def coming(self, after: After | None, count: int) -> Sequence[Board]:
        """Planned and not started, the soonest first."""
        return (await self.coming_at(after, count))[1]

    async def of_person(self, user_id: UserId, count: int) -> Sequence[Board]:
        """Of the coming ones, those in which the person is."""
        return (await self._read(_page(_coming().where(_has(user_id)), None, count)))[1]

    async def begun_of_person(self, user_id: UserId, count: int) -> Sequence[Board]:
        """Those that have begun in which the person has a place, the latest first."""
        query = _begun().where(_has(user_id)).limit(count)
        return (await self._read(query))[1]

    async def between(
        self, since: datetime, until: datetime, after: After | None, count: int
    ) -> Sequence[Session]:
        """Of any status, those that start in [since, until), the soonest first."""
        query = _sessions().where(sessions.c.starts_at >= since, sessions.c.starts_at < until)
        async with self._database.read() as transaction:
            found = await transaction.execute(_page(query, after, count))
            return [rows.session(row, rows.venue(row)) for row in found]

    async def venues(self, count: int) -> Sequence[Venue]:
        """The last used first."""
        latest = select(*rows.VENUE_COLUMNS).order_by(venues.c.used_at.desc(), venues.c.id)
        async with self._database.read() as transaction:
            return [rows.venue(row) for row in await transaction.execute(latest.limit(count))]

    async def of_sessions_at(
        self, session_ids: Sequence[SessionId]
    ) -> tuple[Position, Sequence[Board | None]]:
        """`of_sessions`, with the position they were read at."""
        async with self._database.read() as transaction:
            found = await transaction.execute(CARDS, {"session_ids": list(session_ids)})
            boards = {row.id: rows.board(row, row.ended) for row in found}
            return transaction.position, [boards.get(session_id) for session_id in session_ids]

    async def coming_at(self, after: After | None, count: int) -> tuple[Position, Sequence[Board]]:
        """`coming`, with the position it was read at."""
        if after is None:
            return await self._read(SOONEST, count=count)
        return await self._read(_page(_coming(), after, count))

    async def _read(
        self, query: Select[Any], **parameters: object
    ) -> tuple[Position, Sequence[Board]]:
        async with self._database.read() as transaction:
            found = [rows.board(row) for row in await transaction.execute(query, parameters)]
            return transaction.position, found


def _sessions() -> Select[Any]:
    return select(*rows.SESSION_COLUMNS, *rows.VENUE_COLUMNS).join_from(sessions, venues)


def _boards() -> Select[Any]:
    return _sessions().add_columns(_seats().label("seats"))


def _coming() -> Select[Any]:
    # Part of the text: only so a plan that is kept can use the partial index.
    planned = sessions.c.status == literal_column(f"'{Status.PLANNED.value}'", Text)
    ahead = sessions.c.starts_at > func.now()
    return _boards().where(planned, ahead)


def _begun() -> Select[Any]:
    begun = sessions.c.starts_at <= func.now()
    played = sessions.c.status.in_([Status.STARTED.value, Status.FINISHED.value])
    held = sessions.c.status != Status.CANCELLED.value
    latest = sessions.c.starts_at.desc(), sessions.c.id.desc()
    return _boards().where(held, begun | played).order_by(*latest)


def _has(user_id: UserId) -> ColumnElement[bool]:
    """The person is in the session, by himself or with a team. His sessions are found first, as an
    array: a join is tempted to look for them in all that there are, by time."""
    made = select(entries.c.session_id).where(entries.c.user_id == user_id, ACTIVE)
    plays = select(entry_players.c.session_id).where(
        entry_players.c.user_id == user_id, entry_players.c.active
    )
    return sessions.c.id == func.any(func.array(made.union(plays).scalar_subquery()))


def _page(query: Select[Any], after: After | None, count: Any) -> Select[Any]:
    """The soonest first, from `after` on."""
    if after is not None:
        place = tuple_(sessions.c.starts_at, sessions.c.id)
        query = query.where(place > tuple_(after.starts_at, after.session_id))
    return query.order_by(sessions.c.starts_at, sessions.c.id).limit(count)


def _seats() -> Any:
    """Those with places by arrival, then the queue."""
    return _listed(_seat(), ACTIVE, WAITS, entries.c.turn)


def _ended() -> Any:
    """Ended ones that are still told, the newest first."""
    return _listed(_seat(entries.c.reason), TOLD, entries.c.id.desc())


def _seat(*more: ColumnElement[Any]) -> ColumnElement[Any]:
    """The columns are those that `rows.board` reads."""
    payment = case(
        (
            payments.c.status.is_not(None),
            func.json_build_array(payments.c.amount, payments.c.coupons, payments.c.status),
        )
    )
    return func.json_build_array(
        entries.c.id,
        entries.c.user_id,
        entries.c.status,
        entries.c.price,
        entries.c.places,
        entries.c.team_id,
        PLAYERS,
        payment,
        *more,
    )


def _listed(seat: ColumnElement[Any], which: ColumnElement[bool], *order: Any) -> Any:
    in_order = func.json_agg(aggregate_order_by(seat, *order), type_=JSON)
    return (
        select(func.coalesce(in_order, func.json_build_array(type_=JSON)))
        .select_from(entries.outerjoin(payments, payments.c.entry_id == entries.c.id))
        .where(entries.c.session_id == sessions.c.id, which)
        .scalar_subquery()
    )


# Built once: building one costs more than sending it.
CARDS = (
    _boards()
    .add_columns(_ended().label("ended"))
    .where(sessions.c.id == func.any(bindparam("session_ids", type_=ARRAY(BigInteger))))
)
SOONEST = _page(_coming(), None, bindparam("count", type_=BigInteger))
