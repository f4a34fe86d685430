"""What the use cases need of a store, bound to one write transaction, and what reads need."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from services.sessions.domain.notices import Notice
from services.sessions.domain.values import (
    Entry,
    EntryStatus,
    Locked,
    Plan,
    Session,
    SessionId,
    SessionView,
    UserId,
    Venue,
    VenueId,
)


class Store(Protocol):
    """One write transaction: all of it happens, or none."""

    async def now(self) -> datetime:
        """The time by the store's clock."""

    async def lock_session(
        self, session_id: SessionId, person: UserId | None = None
    ) -> Locked | None:
        """The newest committed state, with the entry of `person`; others wait for this
        transaction. None: no such session."""

    async def lock_venue(self, venue_id: VenueId) -> Venue | None:
        """Nobody else plans here until this transaction ends; the venue counts as used now."""

    async def is_busy(
        self, venue_id: VenueId, starts_at: datetime, ends_at: datetime, but: SessionId | None
    ) -> bool:
        """Whether a planned session other than `but` overlaps; ask under the venue's lock."""

    async def ensure_venue(self, name: str, time_zone: str) -> Venue:
        """The venue of that name and zone, made unless it is there."""

    async def open_session(self, plan: Plan, venue: Venue, organiser_id: UserId) -> Session:
        """A new session with nobody in it."""

    async def save_session(self, session: Session) -> None:
        """Keep a locked session as it is now."""

    async def waiting(self, session_id: SessionId, count: int) -> Sequence[Entry]:
        """The first `count` of the queue, in order."""

    async def people(self, session_id: SessionId) -> Sequence[UserId]:
        """Everybody who has a place or waits."""

    async def enter(self, session: Session, entry: Entry) -> None:
        """A newcomer's entry, and the locked session with him in it."""

    async def place(self, entries: Sequence[Entry]) -> None:
        """Give waiting people places, with the turns in `entries`."""

    async def remove_entry(self, entry: Entry) -> None:
        """The person gives it up."""

    async def tell(self, notices: Sequence[Notice]) -> None:
        """Send these once the transaction is committed, each once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """A session with everybody in it: what every viewer's view is cut from."""

    session: Session
    confirmed: tuple[UserId, ...]
    waiting: tuple[UserId, ...]

    def seen_by(self, viewer: UserId) -> SessionView:
        """The session with the viewer's own entry."""
        return SessionView(session=self.session, entry=self._entry(viewer))

    def _entry(self, viewer: UserId) -> Entry | None:
        for status, people in (
            (EntryStatus.CONFIRMED, self.confirmed),
            (EntryStatus.WAITLISTED, self.waiting),
        ):
            if viewer in people:
                position = people.index(viewer) + 1
                return Entry(
                    session_id=self.session.id,
                    user_id=viewer,
                    status=status,
                    position=position,
                    turn=0,
                )
        return None


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

    async def coming(self, after: After | None, count: int) -> Sequence[Board]:
        """Planned and not started, the soonest first."""

    async def of_person(self, user_id: UserId, count: int) -> Sequence[Board]:
        """Of the coming ones, those in which the person is, the soonest first."""

    async def between(
        self, since: datetime, until: datetime, after: After | None, count: int
    ) -> Sequence[Session]:
        """Of any status, those that start in [since, until), the soonest first."""

    async def venues(self, count: int) -> Sequence[Venue]:
        """The last used first."""
