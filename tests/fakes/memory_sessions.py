"""The sessions' store in memory: one transaction at a time, undone by an error."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from msgspec import structs

from services.sessions.domain.boards import Board, Seat
from services.sessions.domain.entries import Coupon, Entry, Locked, Step
from services.sessions.domain.money import Action
from services.sessions.domain.notices import Notice
from services.sessions.domain.values import (
    EntryId,
    EntryStatus,
    Plan,
    Session,
    SessionId,
    Status,
    UserId,
    Venue,
    VenueId,
)

NOON = datetime(2030, 5, 4, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryCoupon:
    """A coupon as it is kept."""

    coupon: Coupon
    status: str = "available"


@dataclass(slots=True)
class Content:
    """What a transaction may change. `used` lists venues, the last used last; `coupons` the oldest
    first; entries that have ended stay."""

    venues: dict[VenueId, Venue] = field(default_factory=dict)
    used: list[VenueId] = field(default_factory=list)
    sessions: dict[SessionId, Session] = field(default_factory=dict)
    entries: dict[EntryId, Entry] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    coupons: dict[int, MemoryCoupon] = field(default_factory=dict)
    attended: dict[tuple[EntryId, UserId], bool] = field(default_factory=dict)
    recorded: list[tuple[UserId, str]] = field(default_factory=list)
    told: list[Notice] = field(default_factory=list)

    def copy(self) -> Content:
        """The values are frozen, so new collections are enough."""
        return Content(
            venues=dict(self.venues),
            used=list(self.used),
            sessions=dict(self.sessions),
            entries=dict(self.entries),
            steps=list(self.steps),
            coupons=dict(self.coupons),
            attended=dict(self.attended),
            recorded=list(self.recorded),
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

    @property
    def content(self) -> Content:
        """All that is committed."""
        return self._content

    def issue(self, user_id: UserId) -> int:
        """A coupon for a person, the newest of all."""
        id_ = len(self._content.coupons) + 1
        coupon = Coupon(id=id_, user_id=user_id, entry_id=None)
        self._content.coupons[id_] = MemoryCoupon(coupon=coupon)
        return id_

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
        entries = _ordered(self._content, session.id)
        return Board(session=session, seats=tuple(map(_seat, entries)))


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
            and session.status in (Status.PLANNED, Status.STARTED)
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
            squad_size=plan.squad_size,
            needs_approval=plan.needs_approval,
            registration_opens_at=plan.registration_opens_at,
            organiser_id=organiser_id,
        )
        self._content.sessions[session.id] = session
        return session

    async def save_session(self, session: Session) -> None:
        assert 0 <= session.taken <= session.capacity
        assert session.waitlisted >= 0
        self._content.sessions[session.id] = session

    async def enter(self, session: Session, entry: Entry) -> Entry:
        there = {person for one in _ordered(self._content, session.id) for person in one.players}
        assert not there & set(entry.players)
        entry = structs.replace(entry, id=EntryId(len(self._content.entries) + 1))
        self._content.entries[entry.id] = structs.replace(entry, payment=None)
        if entry.payment:
            due, owner = Action.DUE, entry.user_id
            step = Step(entry_id=entry.id, actor_id=owner, action=due, payment=entry.payment)
            await self.pay([step])
        await self.save_session(session)
        return entry

    async def session_of(self, entry_id: EntryId) -> SessionId | None:
        entry = self._content.entries.get(entry_id)
        return entry.session_id if entry else None

    async def entry(self, entry_id: EntryId) -> Entry | None:
        entry = self._content.entries.get(entry_id)
        if entry is None or not entry.status.is_active:
            return entry
        active = _active(self._content, entry.session_id)
        return next(one for one in active if one.id == entry_id)

    async def entries(self, session_id: SessionId) -> Sequence[Entry]:
        return _active(self._content, session_id)

    async def waiting(self, session_id: SessionId, count: int) -> Sequence[Entry]:
        queue = [one for one in _active(self._content, session_id) if not one.status.holds]
        return queue[:count]

    async def keep(self, entries: Sequence[Entry], decided_by: UserId | None = None) -> None:
        for entry in entries:
            kept = self._content.entries[entry.id]
            self._content.entries[entry.id] = structs.replace(
                kept,
                status=entry.status,
                turn=entry.turn,
                reason=entry.reason,
                position=0,
            )

    async def mark(self, entry: Entry, user_id: UserId, attended: bool) -> None:
        self._content.attended[entry.id, user_id] = attended

    async def pay(self, steps: Sequence[Step]) -> None:
        for step in steps:
            self._content.steps.append(step)
            entry = self._content.entries[step.entry_id]
            self._content.entries[step.entry_id] = structs.replace(entry, payment=step.payment)

    async def coupons(self, entry: Entry) -> list[Coupon]:
        return [
            kept.coupon
            for kept in self._content.coupons.values()
            if kept.coupon.entry_id == entry.id
            or (kept.status == "available" and kept.coupon.user_id in entry.players)
        ]

    async def take_coupons(self, coupons: Sequence[Coupon], entry_id: EntryId) -> None:
        for coupon in coupons:
            taken = replace(coupon, entry_id=entry_id)
            self._content.coupons[coupon.id] = MemoryCoupon(coupon=taken, status="used")

    async def free_coupons(self, entries: Sequence[EntryId]) -> None:
        for id_, kept in self._content.coupons.items():
            if kept.coupon.entry_id in entries:
                free = replace(kept.coupon, entry_id=None)
                self._content.coupons[id_] = MemoryCoupon(coupon=free)

    async def record(
        self,
        actor_id: UserId,
        action: str,
        *,
        session_id: SessionId | None = None,
        subject_id: UserId | None = None,
        note: str = "",
    ) -> None:
        self._content.recorded.append((actor_id, action))

    async def tell(self, notices: Sequence[Notice]) -> None:
        self._content.told.extend(notices)

    def _entry(self, session_id: SessionId, user_id: UserId) -> Entry | None:
        active = _active(self._content, session_id)
        plays = [entry for entry in active if user_id in entry.players]
        made = [entry for entry in active if user_id == entry.user_id]
        return next(iter(plays + made), None)

    def _use(self, venue_id: VenueId) -> None:
        self._content.used = [id_ for id_ in self._content.used if id_ != venue_id] + [venue_id]


def _active(content: Content, session_id: SessionId) -> list[Entry]:
    """Those of `_ordered`, with positions."""
    placed: list[Entry] = []
    taken, waiting = 0, 0
    for entry in _ordered(content, session_id):
        holds = entry.status.holds
        taken, waiting = taken + entry.places * holds, waiting + (not holds)
        position = taken - entry.places + 1 if holds else waiting
        placed.append(structs.replace(entry, position=position))
    return placed


def _ordered(content: Content, session_id: SessionId) -> list[Entry]:
    """The active ones: those with places by arrival, then the queue in order."""
    of_session = [entry for entry in content.entries.values() if entry.session_id == session_id]
    holding = [entry for entry in of_session if entry.status.holds]
    queue = [entry for entry in of_session if entry.status is EntryStatus.WAITLISTED]
    return sorted(holding, key=_turn) + sorted(queue, key=_turn)


def _turn(entry: Entry) -> int:
    return entry.turn


def _seat(entry: Entry) -> Seat:
    paid = entry.payment
    return Seat(
        id=entry.id,
        user_id=entry.user_id,
        status=entry.status,
        price=entry.price,
        places=entry.places,
        team_id=entry.team_id,
        players=entry.players if entry.team_id else (),
        payment=(paid.amount, paid.coupons, paid.status) if paid else None,
    )
