"""What the use cases need of a store, bound to one write transaction. Reads are in `boards`."""

from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from services.sessions.domain.entries import Coupon, Entry, Locked, Step
from services.sessions.domain.notices import Notice
from services.sessions.domain.values import (
    EntryId,
    Plan,
    Session,
    SessionId,
    UserId,
    Venue,
    VenueId,
)


class Door(Protocol):
    """What a newcomer needs: alone in a transaction of his own, or with others in theirs."""

    async def lock_session(
        self, session_id: SessionId, person: UserId | None = None
    ) -> Locked | None:
        """The newest committed state, with the entry that `person` made or plays in; others wait
        for this transaction. None: no such session."""

    async def enter(self, session: Session, entry: Entry) -> Entry:
        """Keep a newcomer's entry and the locked session with it; what it owes is the first step
        of its payment. The entry with its id."""

    async def tell(self, notices: Sequence[Notice]) -> None:
        """Send these once the transaction is committed, each once."""


class Crowd(Protocol):
    """Newcomers of one write transaction, in the order in which they came."""

    async def gather(self, newcomers: Sequence[tuple[SessionId, UserId]]) -> None:
        """Look at their sessions, which are locked; once, before anybody enters."""

    def door(
        self, on_behalf: Callable[[], AbstractContextManager[None]]
    ) -> AbstractContextManager[Door]:
        """For one of them: whoever enters after him finds what he did; nothing, when it raises.
        What is to be told is made `on_behalf` of him."""

    async def settle(self, outcomes: tuple[str, ...]) -> int:
        """Keep what they all did, and what is told of it; once, after the last of them. How much
        was told anew."""


class Entries(Protocol):
    """Who has places and who waits, in one write transaction."""

    async def session_of(self, entry_id: EntryId) -> SessionId | None:
        """None: no such entry."""

    async def entry(self, entry_id: EntryId) -> Entry | None:
        """Active or ended; read it under the session's lock."""

    async def entries(self, session_id: SessionId) -> Sequence[Entry]:
        """The active ones: those with places by arrival, then the queue in order."""

    async def waiting(self, session_id: SessionId, count: int) -> Sequence[Entry]:
        """The first `count` of the queue, in order."""

    async def keep(self, entries: Sequence[Entry], decided_by: UserId | None = None) -> None:
        """Keep status, turn and reason of entries as they are now, and who decided it."""

    async def mark(self, entry: Entry, user_id: UserId, attended: bool) -> None:
        """A player of the entry came or did not."""


class Ledger(Protocol):
    """Payments and coupons, in one write transaction."""

    async def pay(self, steps: Sequence[Step]) -> None:
        """Add steps to the histories of payments, which are from now on as the last one says."""

    async def coupons(self, entry: Entry) -> list[Coupon]:
        """Those that its players have or that are used for it, the oldest first; nobody else
        uses them until this transaction ends."""

    async def take_coupons(self, coupons: Sequence[Coupon], entry_id: EntryId) -> None:
        """They are used for the entry."""

    async def free_coupons(self, entries: Sequence[EntryId]) -> None:
        """What is used for these entries can be used again."""


class Store(Door, Entries, Ledger, Protocol):
    """One write transaction: all of it happens, or none."""

    async def now(self) -> datetime:
        """The time by the store's clock."""

    async def lock_sessions(self, session_ids: Collection[SessionId]) -> None:
        """Several at once, in one order for everybody, before each is asked for by itself."""

    async def lock_venue(self, venue_id: VenueId) -> Venue | None:
        """Nobody else plans here until this transaction ends; the venue counts as used now."""

    async def is_busy(
        self, venue_id: VenueId, starts_at: datetime, ends_at: datetime, but: SessionId | None
    ) -> bool:
        """Whether a session other than `but` is to be or is played then; ask under the venue's
        lock."""

    async def ensure_venue(self, name: str, time_zone: str) -> Venue:
        """The venue of that name and zone, made unless it is there."""

    async def open_session(self, plan: Plan, venue: Venue, organiser_id: UserId) -> Session:
        """A new session with nobody in it."""

    async def save_session(self, session: Session) -> None:
        """Keep a locked session as it is now."""

    async def record(
        self,
        actor_id: UserId,
        action: str,
        *,
        session_id: SessionId | None = None,
        subject_id: UserId | None = None,
        note: str = "",
    ) -> None:
        """What an organiser did, for the audit."""
