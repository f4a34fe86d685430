"""The port `Store` over one write transaction. Locks are rows: a session's, a venue's."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Update,
    and_,
    bindparam,
    exists,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert

from services.chassis.db import WriteTransaction
from services.sessions.domain.notices import Notice
from services.sessions.domain.values import (
    Entry,
    EntryStatus,
    Locked,
    Plan,
    Session,
    SessionId,
    Status,
    UserId,
    Venue,
    VenueId,
)
from services.sessions.storage import rows
from services.sessions.storage.outbox import Outbox
from services.sessions.storage.tables import entries, sessions, venues

ACTIVE = entries.c.status != "cancelled"


class SqlStore:
    """One transaction's view; `outbox` keeps what is to follow the commit."""

    def __init__(self, transaction: WriteTransaction, outbox: Outbox) -> None:
        self._transaction = transaction
        self._outbox = outbox

    async def now(self) -> datetime:
        """The time by the database's clock."""
        now: datetime = (
            await self._transaction.execute(select(func.clock_timestamp()))
        ).scalar_one()
        return now

    async def lock_session(self, session_id: SessionId) -> Locked | None:
        """Waits at most the lock's time-out, then StoreBusy."""
        # The venue is read afterwards: a join would look for the old one while an edit that has
        # just moved the session makes the locked row a new one, and would find nothing.
        query = (
            select(*rows.SESSION_COLUMNS, sessions.c.venue_id, func.clock_timestamp().label("now"))
            .where(sessions.c.id == session_id)
            .with_for_update(key_share=True)
        )
        row = (await self._transaction.execute(query)).one_or_none()
        if row is None:
            return None
        place = select(*rows.VENUE_COLUMNS).where(venues.c.id == row.venue_id)
        venue = rows.venue((await self._transaction.execute(place)).one())
        return Locked(session=rows.session(row, venue), now=row.now)

    async def lock_venue(self, venue_id: VenueId) -> Venue | None:
        """The update is the lock; readers of the venue do not wait for it."""
        used = (
            update(venues)
            .where(venues.c.id == venue_id)
            .values(used_at=func.clock_timestamp())
            .returning(*rows.VENUE_COLUMNS)
        )
        row = (await self._transaction.execute(used)).one_or_none()
        return rows.venue(row) if row else None

    async def is_busy(
        self, venue_id: VenueId, starts_at: datetime, ends_at: datetime, but: SessionId | None
    ) -> bool:
        """Whether a planned session other than `but` overlaps; one may begin as another ends."""
        overlaps = and_(
            sessions.c.venue_id == venue_id,
            sessions.c.status == Status.PLANNED.value,
            sessions.c.starts_at < ends_at,
            sessions.c.ends_at > starts_at,
            sessions.c.id.is_distinct_from(but),
        )
        return bool(
            (await self._transaction.execute(select(exists().where(overlaps)))).scalar_one()
        )

    async def ensure_venue(self, name: str, time_zone: str) -> Venue:
        """Two at once make one."""
        made = upsert(venues).values(name=name, time_zone=time_zone)
        made = made.on_conflict_do_update(
            index_elements=["name", "time_zone"], set_={"used_at": func.clock_timestamp()}
        )
        found = await self._transaction.execute(made.returning(*rows.VENUE_COLUMNS))
        return rows.venue(found.one())

    async def open_session(self, plan: Plan, venue: Venue, organiser_id: UserId) -> Session:
        """A new session with nobody in it."""
        made = (
            insert(sessions)
            .values(
                venue_id=venue.id,
                starts_at=plan.starts_at,
                ends_at=plan.ends_at,
                format=plan.format.value,
                price=plan.price,
                capacity=plan.capacity,
                organiser_id=organiser_id,
            )
            .returning(*rows.SESSION_COLUMNS)
        )
        session = rows.session((await self._transaction.execute(made)).one(), venue)
        self._outbox.changed(session.id)
        return session

    async def save_session(self, session: Session) -> None:
        """Keep a locked session as it is now."""
        await self._transaction.execute(
            update(sessions)
            .where(sessions.c.id == session.id)
            .values(
                venue_id=session.venue.id,
                starts_at=session.starts_at,
                ends_at=session.ends_at,
                price=session.price,
                capacity=session.capacity,
                taken=session.taken,
                waitlisted=session.waitlisted,
                status=session.status.value,
                version=session.version,
                turns=session.turns,
            )
        )
        self._outbox.changed(session.id)

    async def entry(self, session_id: SessionId, user_id: UserId) -> Entry | None:
        """The person's entry with its position."""
        others = entries.alias()
        position = (
            select(func.count())
            .select_from(others)
            .where(
                others.c.session_id == entries.c.session_id,
                others.c.status == entries.c.status,
                others.c.turn <= entries.c.turn,
            )
            .scalar_subquery()
        )
        own = select(*_entry_columns(position)).where(
            entries.c.session_id == session_id, entries.c.user_id == user_id, ACTIVE
        )
        row = (await self._transaction.execute(own)).one_or_none()
        return rows.entry(row) if row else None

    async def waiting(self, session_id: SessionId, count: int) -> Sequence[Entry]:
        """The first `count` of the queue, in order."""
        position = func.row_number().over(order_by=entries.c.turn)
        first = (
            select(*_entry_columns(position))
            .where(
                entries.c.session_id == session_id,
                entries.c.status == EntryStatus.WAITLISTED.value,
            )
            .order_by(entries.c.turn)
            .limit(count)
        )
        return [rows.entry(row) for row in await self._transaction.execute(first)]

    async def people(self, session_id: SessionId) -> Sequence[UserId]:
        """Everybody who has a place or waits."""
        everybody = select(entries.c.user_id).where(entries.c.session_id == session_id, ACTIVE)
        ordered = everybody.order_by(entries.c.turn)
        return [UserId(row.user_id) for row in await self._transaction.execute(ordered)]

    async def add_entry(self, entry: Entry) -> None:
        """A newcomer's entry; a second active one breaks a unique key."""
        await self._transaction.execute(
            insert(entries).values(
                session_id=entry.session_id,
                user_id=entry.user_id,
                status=entry.status.value,
                turn=entry.turn,
            )
        )

    async def place(self, placed: Sequence[Entry]) -> None:
        """Give waiting people places, with the turns in `placed`."""
        await self._transaction.execute(
            _change_entry(EntryStatus.CONFIRMED.value).values(turn=bindparam("new_turn")),
            [
                {"of_session": entry.session_id, "of_user": entry.user_id, "new_turn": entry.turn}
                for entry in placed
            ],
        )

    async def remove_entry(self, entry: Entry) -> None:
        """The row stays, cancelled."""
        await self._transaction.execute(
            _change_entry("cancelled"),
            {"of_session": entry.session_id, "of_user": entry.user_id},
        )

    async def tell(self, notices: Sequence[Notice]) -> None:
        """Jobs of this transaction."""
        await self._outbox.enqueue(notices)


def _entry_columns(position: ColumnElement[int]) -> tuple[ColumnElement[Any], ...]:
    return (
        entries.c.session_id,
        entries.c.user_id,
        entries.c.status,
        entries.c.turn,
        position.label("position"),
    )


def _change_entry(status: str) -> Update:
    """The active entry named by the parameters of_session and of_user gets a status."""
    return (
        update(entries)
        .where(
            entries.c.session_id == bindparam("of_session"),
            entries.c.user_id == bindparam("of_user"),
            ACTIVE,
        )
        .values(status=status, changed_at=func.clock_timestamp())
    )
