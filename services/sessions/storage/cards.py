"""The port `Cards`: entries as organisers look at them, over any transaction."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    Executable,
    Row,
    Select,
    Text,
    and_,
    case,
    func,
    literal_column,
    or_,
    select,
    tuple_,
    union_all,
)

from services.chassis.db import ReadTransaction
from services.sessions.domain.cards import Behind, Card, Event
from services.sessions.domain.money import PaymentStatus
from services.sessions.domain.values import (
    EntryId,
    EntryStatus,
    Session,
    SessionId,
    Status,
    UserId,
)
from services.sessions.storage import rows
from services.sessions.storage.entry_statements import ACTIVE, POSITION, USABLE, entry_columns
from services.sessions.storage.tables import (
    coupons,
    entries,
    entry_players,
    payment_events,
    payments,
    sessions,
    venues,
)

AWAITS = or_(
    entries.c.status == EntryStatus.PENDING.value,
    payments.c.status == PaymentStatus.SUBMITTED.value,
)
REFUND = payments.c.status == PaymentStatus.REFUND_DUE.value
RANK = case((AWAITS, 0), (REFUND, 1), else_=2)


class SqlCards:
    """Reads of one transaction."""

    def __init__(self, transaction: ReadTransaction) -> None:
        self._transaction = transaction

    async def session(self, session_id: SessionId) -> Session | None:
        """None: no such session."""
        row = await self._one(_sessions().where(sessions.c.id == session_id))
        return rows.session(row, rows.venue(row)) if row else None

    async def page(
        self, session_id: SessionId, awaiting: bool, behind: Behind | None, count: int
    ) -> Sequence[Card]:
        """By rank, then by arrival."""
        query = _cards().where(*_listed(session_id, awaiting))
        if behind is not None:
            query = query.where(tuple_(RANK, entries.c.id) > (behind.rank, behind.entry_id))
        query = query.order_by(RANK, entries.c.id).limit(count)
        return [_card(row) for row in await self._transaction.execute(query)]

    async def count(self, session_id: SessionId, awaiting: bool) -> int:
        """How many all pages hold."""
        row = await self._one(
            select(func.count().label("many"))
            .select_from(_WITH_PAYMENT)
            .where(*_listed(session_id, awaiting))
        )
        return int(row.many) if row else 0

    async def card(self, entry_id: EntryId) -> Card | None:
        """None: no such entry."""
        row = await self._one(_cards().where(entries.c.id == entry_id))
        return _card(row) if row else None

    async def history(self, entry_id: EntryId) -> Sequence[Event]:
        """The oldest first."""
        event = payment_events.c
        found = await self._transaction.execute(
            select(event.at, event.actor_id, event.action, event.amount, event.coupons, event.note)
            .where(event.entry_id == entry_id)
            .order_by(event.id)
        )
        return [Event(**row._mapping) for row in found]

    async def awaiting(self, organiser_id: UserId | None) -> Sequence[tuple[Session, int]]:
        """The soonest first. Begins with what waits: that is little, evenings are many."""
        many = func.count().label("many")
        waiting = select(_WAITING.c.session_id, many).group_by(_WAITING.c.session_id).cte("waiting")
        query = (
            _sessions()
            .join(waiting, waiting.c.session_id == sessions.c.id)
            .add_columns(waiting.c.many)
            .where(_is_on())
        )
        if organiser_id is not None:
            query = query.where(sessions.c.organiser_id == organiser_id)
        query = query.order_by(sessions.c.starts_at, sessions.c.id)
        found = await self._transaction.execute(query)
        return [(rows.session(row, rows.venue(row)), row.many) for row in found]

    async def coupons(self, user_id: UserId) -> tuple[int, int]:
        """How many a person can use, and has used."""
        row = await self._one(
            select(
                func.count().filter(coupons.c.status == "available").label("available"),
                func.count().filter(coupons.c.status == "used").label("used"),
            ).where(coupons.c.user_id == user_id)
        )
        return (row.available, row.used) if row else (0, 0)

    async def usable(self, session_id: SessionId, user_id: UserId) -> tuple[int, int]:
        """For the entry that the person made or plays in; without one, none."""
        row = await self._one(_cards().where(entries.c.session_id == session_id, _is_in(user_id)))
        if row is None:
            return 0, 0
        entry = _card(row).entry
        counting = select(func.count().label("many")).select_from(coupons).where(USABLE)
        people = {"people": list(entry.players), "entry_id": entry.id}
        found = await self._one(counting, people)
        used = entry.payment.coupons if entry.payment else 0
        return min(found.many if found else 0, entry.places), used

    async def _one(
        self, query: Executable, parameters: dict[str, Any] | None = None
    ) -> Row[Any] | None:
        return (await self._transaction.execute(query, parameters)).one_or_none()


_WITH_PAYMENT = entries.outerjoin(payments, payments.c.entry_id == entries.c.id)

# AWAITS of active entries in two halves, each in the words of a partial index.
_PENDING = literal_column("'pending'", Text)
_SUBMITTED = literal_column("'submitted'", Text)
_WAITING = union_all(
    select(entries.c.session_id).where(entries.c.status == _PENDING),
    select(entries.c.session_id)
    .join(payments, payments.c.entry_id == entries.c.id)
    .where(payments.c.status == _SUBMITTED, ACTIVE, entries.c.status != _PENDING),
).subquery()


def _sessions() -> Select[Any]:
    return select(*rows.SESSION_COLUMNS, *rows.VENUE_COLUMNS).join_from(sessions, venues)


def _cards() -> Select[Any]:
    came = (
        select(func.array_agg(entry_players.c.user_id))
        .where(entry_players.c.entry_id == entries.c.id, entry_players.c.attended)
        .scalar_subquery()
    )
    return select(
        *entry_columns(),
        POSITION,
        entries.c.created_at,
        came.label("attended"),
        RANK.label("rank"),
    ).select_from(_WITH_PAYMENT)


def _listed(session_id: SessionId, awaiting: bool) -> tuple[Any, ...]:
    wanted = and_(ACTIVE, AWAITS) if awaiting else or_(ACTIVE, REFUND)
    return entries.c.session_id == session_id, wanted


def _is_on() -> Any:
    """Being played, or still to be; one that nobody started is over when its time is."""
    planned = and_(sessions.c.status == Status.PLANNED.value, sessions.c.ends_at > func.now())
    return or_(planned, sessions.c.status == Status.STARTED.value)


def _is_in(user_id: UserId) -> Any:
    plays = select(entry_players.c.entry_id).where(
        entry_players.c.user_id == user_id, entry_players.c.active
    )
    return and_(ACTIVE, or_(entries.c.user_id == user_id, entries.c.id.in_(plays)))


def _card(row: Row[Any]) -> Card:
    return Card(
        entry=rows.entry(row, row.entry_position),
        created_at=row.created_at,
        attended=tuple(map(UserId, row.attended or ())),
        rank=row.rank,
    )
