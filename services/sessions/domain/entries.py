"""Entries as frozen values: who registered, who plays, what is owed, and how a session is locked
for those who change them."""

from dataclasses import dataclass
from datetime import datetime

from msgspec import Struct

from services.sessions.domain.money import SETTLED, Action, Payment, PaymentStatus
from services.sessions.domain.values import (
    EntryId,
    EntryStatus,
    Session,
    SessionId,
    TeamId,
    UserId,
)

NOT_STORED = EntryId(0)


class Entry(Struct, frozen=True, kw_only=True):
    """A player's entry, or a whole team's, which its captain registered and which names who plays.

    `places` is one for each player, unless it was moved in from another bot with fewer players.
    `position`: the first of its places by arrival, or the place in the queue, from 1; 0 once it has
    ended. `price` is for one player, as it was when he registered; `id` is of the store's choosing.
    """

    id: EntryId = NOT_STORED
    session_id: SessionId
    user_id: UserId
    team_id: TeamId | None = None
    players: tuple[UserId, ...]
    places: int = 1
    status: EntryStatus
    position: int
    turn: int
    price: int = 0
    payment: Payment | None = None
    reason: str = ""

    @property
    def people(self) -> tuple[UserId, ...]:
        """Who registered and all who play."""
        return tuple(dict.fromkeys((self.user_id, *self.players)))

    @property
    def is_told(self) -> bool:
        """Whether who made it still hears of it after its end: it was turned down, or there was
        money in it."""
        if self.status is EntryStatus.REJECTED:
            return True
        return self.payment is not None and self.payment.status in SETTLED

    @property
    def awaits_decision(self) -> bool:
        """Whether the organiser can and should decide now: a receipt is there, or nothing is to
        be paid and he wants to say yes himself."""
        if self.payment and self.payment.status is PaymentStatus.SUBMITTED:
            return True
        owes = self.payment is not None and self.payment.is_open
        return self.status is EntryStatus.PENDING and not owes


class SessionView(Struct, frozen=True, kw_only=True):
    """A session as one person sees it."""

    session: Session
    viewer: UserId
    entry: Entry | None


class Locked(Struct, frozen=True, kw_only=True):
    """A session that nobody else changes until the transaction ends, the time by the store's
    clock when it was locked, and the entry of the person it was locked for."""

    session: Session
    now: datetime
    entry: Entry | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What somebody did with an entry's payment, and the payment after it."""

    entry_id: EntryId
    actor_id: UserId
    action: Action
    payment: Payment
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coupon:
    """A free game that a person may use, or has used for `entry_id`."""

    id: int
    user_id: UserId
    entry_id: EntryId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Squad:
    """A team as teams knew it at the call; nobody's who may not see it."""

    id: TeamId
    captain_id: UserId | None
    members: frozenset[UserId]
