"""The sessions' store in memory: one transaction at a time, undone by an error."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from services.sessions.domain.notices import Notice
from services.sessions.domain.ports import Board
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

NOON = datetime(2030, 5, 4, 12, tzinfo=UTC)


@dataclass(slots=True)
class Content:
    """What a transaction may change. `used` lists venues, the last used last."""

    venues: dict[VenueId, Venue] = field(default_factory=dict)
    used: list[VenueId] = field(default_factory=list)
    sessions: dict[SessionId, Session] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    told: list[Notice] = field(default_factory=list)

    def copy(self) -> Content:
        """The values are frozen, so new collections are enough."""
        return Content(
            venues=dict(self.venues),
            used=list(self.used),
            sessions=dict(self.sessions),
            entries=list(self.entries),
            told=list(self.told),
        )


class MemorySessions:
    """A store and its boards. `clock` is the store's time and may be set."""

    def __init__(self, clock: datetime = NOON) -> None:
        self.clock = clock
        self._content = Content()
        self._lock = asyncio.Lock()

    @property
    def told(self) -> Sequence[Notice]:
        """Every notice of a committed transaction, in order."""
        return self._content.told

    @asynccontextmanager
    async def write(self) -> AsyncIterator[MemoryStore]:
        """A transaction; what it did is gone if the block raises."""
        async with self._lock:
            content = self._content.copy()
            yield MemoryStore(content, self.clock)
            self._content = content

    async def of_session(self, session_id: SessionId) -> Board | None:
        """None: no such session."""
        session = self._content.sessions.get(session_id)
        return self._board(session) if session else None

    def _board(self, session: Session) -> Board:
        return Board(
            session=session,
            confirmed=_ids(self._content, session.id, EntryStatus.CONFIRMED),
            waiting=_ids(self._content, session.id, EntryStatus.WAITLISTED),
        )


class MemoryStore:
    """The port `Store` over a transaction's own copy."""

    def __init__(self, content: Content, clock: datetime) -> None:
        self._content = content
        self._clock = clock

    async def now(self) -> datetime:
        return self._clock

    async def lock_session(
        self, session_id: SessionId, person: UserId | None = None
    ) -> Locked | None:
        session = self._content.sessions.get(session_id)
        if session is None:
            return None
        entry = self._entry(session_id, person) if person else None
        return Locked(session=session, now=self._clock, entry=entry)

    async def lock_venue(self, venue_id: VenueId) -> Venue | None:
        if venue_id in self._content.venues:
            self._use(venue_id)
        return self._content.venues.get(venue_id)

    async def is_busy(
        self, venue_id: VenueId, starts_at: datetime, ends_at: datetime, but: SessionId | None
    ) -> bool:
        return any(
            session.venue.id == venue_id
            and session.status is Status.PLANNED
            and session.starts_at < ends_at
            and session.ends_at > starts_at
            and session.id != but
            for session in self._content.sessions.values()
        )

    async def ensure_venue(self, name: str, time_zone: str) -> Venue:
        for venue in self._content.venues.values():
            if (venue.name, venue.time_zone) == (name, time_zone):
                self._use(venue.id)
                return venue
        made = Venue(id=VenueId(len(self._content.venues) + 1), name=name, time_zone=time_zone)
        self._content.venues[made.id] = made
        self._use(made.id)
        return made

    async def open_session(self, plan: Plan, venue: Venue, organiser_id: UserId) -> Session:
        session = Session(
            id=SessionId(len(self._content.sessions) + 1),
            venue=venue,
            starts_at=plan.starts_at,
            ends_at=plan.ends_at,
            format=plan.format,
            price=plan.price,
            capacity=plan.capacity,
            organiser_id=organiser_id,
        )
        self._content.sessions[session.id] = session
        return session

    async def save_session(self, session: Session) -> None:
        assert 0 <= session.taken <= session.capacity
        assert session.waitlisted >= 0
        self._content.sessions[session.id] = session

    async def waiting(self, session_id: SessionId, count: int) -> Sequence[Entry]:
        queue = _ordered(self._content, session_id, EntryStatus.WAITLISTED)
        return [_at(entry, place) for place, entry in enumerate(queue[:count], 1)]

    async def people(self, session_id: SessionId) -> Sequence[UserId]:
        return [entry.user_id for entry in self._content.entries if entry.session_id == session_id]

    async def enter(self, session: Session, entry: Entry) -> None:
        assert self._entry(entry.session_id, entry.user_id) is None
        self._content.entries.append(entry)
        await self.save_session(session)

    async def place(self, entries: Sequence[Entry]) -> None:
        for entry in entries:
            await self.remove_entry(entry)
            self._content.entries.append(entry)

    async def remove_entry(self, entry: Entry) -> None:
        self._content.entries = [
            kept
            for kept in self._content.entries
            if (kept.session_id, kept.user_id) != (entry.session_id, entry.user_id)
        ]

    async def tell(self, notices: Sequence[Notice]) -> None:
        self._content.told.extend(notices)

    def _entry(self, session_id: SessionId, user_id: UserId) -> Entry | None:
        for status in EntryStatus:
            for place, entry in enumerate(_ordered(self._content, session_id, status), 1):
                if entry.user_id == user_id:
                    return _at(entry, place)
        return None

    def _use(self, venue_id: VenueId) -> None:
        self._content.used = [id_ for id_ in self._content.used if id_ != venue_id] + [venue_id]


def _ordered(content: Content, session_id: SessionId, status: EntryStatus) -> list[Entry]:
    found = [e for e in content.entries if e.session_id == session_id and e.status is status]
    return sorted(found, key=lambda entry: entry.turn)


def _ids(content: Content, session_id: SessionId, status: EntryStatus) -> tuple[UserId, ...]:
    return tuple(entry.user_id for entry in _ordered(content, session_id, status))


def _at(entry: Entry, position: int) -> Entry:
    return Entry(
        session_id=entry.session_id,
        user_id=entry.user_id,
        status=entry.status,
        position=position,
        turn=entry.turn,
    )
