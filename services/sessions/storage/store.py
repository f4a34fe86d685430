"""The port `Store` over one write transaction. Locks are rows: a session's, a venue's."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import CursorResult, Executable

from services.chassis.db import WriteTransaction
from services.sessions.domain.notices import Notice
from services.sessions.domain.values import (
    Entry,
    Locked,
    Plan,
    Session,
    SessionId,
    UserId,
    Venue,
    VenueId,
)
from services.sessions.storage import rows, statements
from services.sessions.storage.outbox import Outbox


class SqlStore:
    """One transaction's view; `outbox` keeps what is to follow the commit."""

    def __init__(self, transaction: WriteTransaction, outbox: Outbox) -> None:
        self._transaction = transaction
        self._outbox = outbox

    async def now(self) -> datetime:
        """The time by the database's clock."""
        now: datetime = (await self._execute(statements.NOW)).scalar_one()
        return now

    async def lock_session(
        self, session_id: SessionId, person: UserId | None = None
    ) -> Locked | None:
        """Waits at most the lock's time-out, then StoreBusy."""
        found = await self._execute(statements.LOCK_SESSION, session_id=session_id)
        row = found.one_or_none()
        if row is None:
            return None
        found = await self._execute(
            statements.AROUND, venue_id=row.venue_id, session_id=session_id, user_id=person
        )
        around = found.one()
        return Locked(
            session=rows.session(row, rows.venue(around)),
            now=row.now,
            entry=None if around.turn is None else rows.entry(around),
        )

    async def lock_venue(self, venue_id: VenueId) -> Venue | None:
        """As `lock_session` waits."""
        row = (await self._execute(statements.USE_VENUE, of_venue=venue_id)).one_or_none()
        return rows.venue(row) if row else None

    async def is_busy(
        self, venue_id: VenueId, starts_at: datetime, ends_at: datetime, but: SessionId | None
    ) -> bool:
        """Whether a planned session other than `but` overlaps."""
        found = await self._execute(
            statements.IS_BUSY, venue_id=venue_id, starts_at=starts_at, ends_at=ends_at, but=but
        )
        return bool(found.scalar_one())

    async def ensure_venue(self, name: str, time_zone: str) -> Venue:
        """Two at once make one."""
        made = await self._execute(statements.ENSURE_VENUE, name=name, time_zone=time_zone)
        return rows.venue(made.one())

    async def open_session(self, plan: Plan, venue: Venue, organiser_id: UserId) -> Session:
        """A new session with nobody in it."""
        made = await self._execute(
            statements.OPEN_SESSION,
            venue_id=venue.id,
            starts_at=plan.starts_at,
            ends_at=plan.ends_at,
            format=plan.format.value,
            price=plan.price,
            capacity=plan.capacity,
            squad_size=plan.squad_size,
            needs_approval=plan.needs_approval,
            organiser_id=organiser_id,
        )
        session = rows.session(made.one(), venue)
        self._outbox.changed(session.id)
        return session

    async def save_session(self, session: Session) -> None:
        """Keep a locked session as it is now."""
        await self._execute(statements.SAVE_SESSION, **_saved(session))
        self._outbox.changed(session.id)

    async def enter(self, session: Session, entry: Entry) -> None:
        """A second active entry of the same person breaks a unique key."""
        await self._execute(
            statements.ENTER,
            **_saved(session),
            entry_session=entry.session_id,
            entry_user=entry.user_id,
            entry_status=entry.status.value,
            entry_turn=entry.turn,
        )
        self._outbox.changed(session.id)

    async def waiting(self, session_id: SessionId, count: int) -> Sequence[Entry]:
        """The first `count` of the queue, in order."""
        found = await self._execute(statements.FIRST_WAITING, session_id=session_id, count=count)
        return [rows.entry(row) for row in found]

    async def people(self, session_id: SessionId) -> Sequence[UserId]:
        """Everybody who has a place or waits."""
        found = await self._execute(statements.EVERYBODY, session_id=session_id)
        return [UserId(row.user_id) for row in found]

    async def place(self, entries: Sequence[Entry]) -> None:
        """Give waiting people places, with the turns in `entries`."""
        placed = [{**_named(entry), "new_turn": entry.turn} for entry in entries]
        await self._transaction.execute(statements.PLACE_ENTRY, placed)

    async def remove_entry(self, entry: Entry) -> None:
        """The row stays, cancelled."""
        await self._execute(statements.REMOVE_ENTRY, **_named(entry))

    async def tell(self, notices: Sequence[Notice]) -> None:
        """Jobs of this transaction."""
        await self._outbox.enqueue(notices)

    async def _execute(self, statement: Executable, **parameters: object) -> CursorResult[Any]:
        return await self._transaction.execute(statement, parameters)


def _named(entry: Entry) -> dict[str, int]:
    return {"of_session": entry.session_id, "of_user": entry.user_id}


def _saved(session: Session) -> dict[str, object]:
    return {
        "of_session": session.id,
        "new_venue_id": session.venue.id,
        "new_starts_at": session.starts_at,
        "new_ends_at": session.ends_at,
        "new_price": session.price,
        "new_capacity": session.capacity,
        "new_taken": session.taken,
        "new_waitlisted": session.waitlisted,
        "new_status": session.status.value,
        "new_version": session.version,
        "new_turns": session.turns,
        "new_man_of_session_id": session.man_of_session_id,
    }
