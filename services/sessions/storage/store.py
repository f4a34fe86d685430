"""The port `Store` over one write transaction. Locks are rows: a session's, a venue's."""

from collections.abc import Collection, Sequence
from datetime import datetime

from services.sessions.domain.entries import Locked
from services.sessions.domain.notices import Notice
from services.sessions.domain.values import (
    Plan,
    Session,
    SessionId,
    Status,
    UserId,
    Venue,
    VenueId,
)
from services.sessions.storage import rows, statements
from services.sessions.storage.audit import Audit
from services.sessions.storage.entries import SqlEntries
from services.sessions.storage.entry_statements import AROUND


class SqlStore(SqlEntries):
    """One transaction's view; `outbox` keeps what is to follow the commit."""

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
            AROUND, venue_id=row.venue_id, session_id=session_id, user_id=person
        )
        around = found.one()
        return Locked(
            session=rows.session(row, rows.venue(around)),
            now=row.now,
            entry=rows.entry(around, around.entry_position) if around.entry_id else None,
        )

    async def lock_sessions(self, session_ids: Collection[SessionId]) -> None:
        """As `lock_session` waits, for each."""
        await self._execute(statements.LOCK_SESSIONS, session_ids=list(session_ids))

    async def lock_venue(self, venue_id: VenueId) -> Venue | None:
        """As `lock_session` waits."""
        row = (await self._execute(statements.USE_VENUE, of_venue=venue_id)).one_or_none()
        return rows.venue(row) if row else None

    async def is_busy(
        self, venue_id: VenueId, starts_at: datetime, ends_at: datetime, but: SessionId | None
    ) -> bool:
        """Whether another session overlaps."""
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
            registration_opens_at=plan.registration_opens_at,
            organiser_id=organiser_id,
        )
        session = rows.session(made.one(), venue)
        self._outbox.changed(session.id)
        return session

    async def save_session(self, session: Session) -> None:
        """Keep a locked session as it is now."""
        await self._execute(statements.SAVE_SESSION, **rows.saved(session))
        self._outbox.changed(session.id)
        if session.status is not Status.PLANNED:
            self._outbox.played(session.id)

    async def record(
        self,
        actor_id: UserId,
        action: str,
        *,
        session_id: SessionId | None = None,
        subject_id: UserId | None = None,
        note: str = "",
    ) -> None:
        """A row of the audit."""
        audit = Audit(self._transaction)
        await audit.record(
            actor_id, action, session_id=session_id, subject_id=subject_id, note=note
        )

    async def tell(self, notices: Sequence[Notice]) -> None:
        """Jobs of this transaction."""
        await self._outbox.enqueue(notices)
