"""What reads are made of: sessions with everybody in them, and pages of them."""

import itertools
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import NamedTuple, Protocol

from services.sessions.domain.entries import Entry, SessionView
from services.sessions.domain.money import Payment, PaymentStatus
from services.sessions.domain.values import (
    EntryId,
    EntryStatus,
    Session,
    SessionId,
    TeamId,
    UserId,
    Venue,
)


class Seat(NamedTuple):
    """An entry, as short as it can be kept: a cached list holds hundreds of them. Who plays is told
    for teams only; `payment` is amount, coupons and status."""

    id: EntryId
    user_id: UserId
    status: EntryStatus
    price: int
    places: int = 1
    team_id: TeamId | None = None
    players: tuple[UserId, ...] = ()
    payment: tuple[int, int, PaymentStatus] | None = None
    reason: str = ""

    def entry(self, session_id: SessionId, position: int) -> Entry:
        """In full; turns are not told."""
        return Entry(
            id=self.id,
            session_id=session_id,
            user_id=self.user_id,
            team_id=self.team_id,
            players=self.players or (self.user_id,),
            places=self.places,
            status=self.status,
            position=position,
            turn=0,
            price=self.price,
            payment=_payment(*self.payment) if self.payment else None,
            reason=self.reason,
        )


@dataclass(frozen=True, kw_only=True)
class Board:
    """A session with everybody in it: what every viewer's view is cut from. `seats` are those with
    places by arrival, then the queue in order; `ended`, on cards only, are the entries that are
    still told, the newest first. Without slots: it remembers who sits where."""

    session: Session
    seats: tuple[Seat, ...]
    ended: tuple[Seat, ...] = ()

    def shows(self, viewer: UserId) -> bool:
        """Whether the viewer has an entry here, one that is still told counted in."""
        return viewer in self._of

    def people(self) -> Collection[UserId]:
        """Everybody who has an entry here, as `shows` tells."""
        return self._of.keys()

    def seen_by(self, viewer: UserId) -> SessionView:
        """The session with the entry that the viewer made or plays in."""
        return SessionView(session=self.session, viewer=viewer, entry=self._own(viewer))

    def entries(self) -> list[Entry]:
        """All, in order."""
        return [seat.entry(self.session.id, position) for seat, position in self._positions()]

    def _own(self, viewer: UserId) -> Entry | None:
        found = self._of.get(viewer)
        return found[0].entry(self.session.id, found[1]) if found else None

    @cached_property
    def _of(self) -> Mapping[UserId, tuple[Seat, int]]:
        """Everybody with his seat and its position; who has two has the first."""
        of: dict[UserId, tuple[Seat, int]] = {}
        for placed in itertools.chain(self._positions(), ((seat, 0) for seat in self.ended)):
            for person in (placed[0].user_id, *placed[0].players):
                of.setdefault(person, placed)
        return of

    def _positions(self) -> Iterator[tuple[Seat, int]]:
        """The first of its places by arrival, or the place in the queue."""
        taken, waiting = 0, 0
        for seat in self.seats:
            if seat.status.holds:
                yield seat, taken + 1
                taken += seat.places
            else:
                waiting += 1
                yield seat, waiting


@dataclass(frozen=True, slots=True, kw_only=True)
class After:
    """Where a page begins: after this session in the order of time."""

    starts_at: datetime
    session_id: SessionId


class Boards(Protocol):
    """Reads, outside transactions; possibly a little old, never older than the caller's own
    writes."""

    async def of_session(self, session_id: SessionId) -> Board | None:
        """None: no such session."""

    async def of_sessions(self, session_ids: Sequence[SessionId]) -> Sequence[Board | None]:
        """`of_session` for each of these, all different."""

    async def coming(self, after: After | None, count: int) -> Sequence[Board]:
        """Planned and not started, the soonest first."""

    async def of_person(self, user_id: UserId, count: int) -> Sequence[Board]:
        """Of the coming ones, those in which the person is, the soonest first."""

    async def begun_of_person(self, user_id: UserId, count: int) -> Sequence[Board]:
        """Those that have begun and were not called off in which the person has a place, the
        latest first."""

    async def between(
        self, since: datetime, until: datetime, after: After | None, count: int
    ) -> Sequence[Session]:
        """Of any status, those that start in [since, until), the soonest first."""

    async def venues(self, count: int) -> Sequence[Venue]:
        """The last used first."""


def _payment(amount: int, coupons: int, status: PaymentStatus) -> Payment:
    return Payment(amount=amount, coupons=coupons, status=status)
