"""What people must be told, and under which id, so that each is told once."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from services.sessions.domain.entries import Entry
from services.sessions.domain.money import PaymentStatus
from services.sessions.domain.values import EntryId, Session, UserId


class NoticeKind(Enum):
    """What has happened to the reader."""

    PROMOTED = "promoted"
    SESSION_CANCELLED = "session_cancelled"
    SESSION_MOVED = "session_moved"
    APPROVED = "approved"
    REJECTED = "rejected"
    REFUNDED = "refunded"
    DECISION_DUE = "decision_due"
    COUPON_ISSUED = "coupon_issued"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One thing for one person, as it was when it became true. `position` is set for PROMOTED,
    `before` (the session as it was) for SESSION_MOVED, the rest for what speaks of an entry."""

    kind: NoticeKind
    user_id: UserId
    session: Session
    position: int = 0
    before: Session | None = None
    entry_id: EntryId | None = None
    team_id: int = 0
    other_user_id: UserId | None = None
    reason: str = ""
    amount: int = 0

    @property
    def id(self) -> str:
        """The same at every repeat, another for every change of the session."""
        session = self.session
        id_ = f"sessions:{session.id}:{session.version}:{self.kind.value}:{self.user_id}"
        # An organiser may be told of several entries at once.
        return f"{id_}:{self.entry_id}" if self.kind is NoticeKind.DECISION_DUE else id_


def promoted(session: Session, entries: Iterable[Entry]) -> list[Notice]:
    """For people who waited and have got a place."""
    return [
        Notice(
            kind=NoticeKind.PROMOTED,
            user_id=user_id,
            session=session,
            position=entry.position,
            entry_id=entry.id,
            team_id=entry.team_id or 0,
            amount=_amount(entry, user_id, PaymentStatus.DUE),
        )
        for entry in entries
        for user_id in entry.people
    ]


def approved(session: Session, entry: Entry) -> list[Notice]:
    """For everybody in an entry that the organiser confirmed."""
    return _of_entry(NoticeKind.APPROVED, session, entry)


def rejected(session: Session, entry: Entry) -> list[Notice]:
    """For everybody in an entry that was turned down or taken off; who paid hears what he gets
    back."""
    return _of_entry(NoticeKind.REJECTED, session, entry)


def refunded(session: Session, entry: Entry) -> list[Notice]:
    """For the one who had paid."""
    told = _of_entry(NoticeKind.REFUNDED, session, entry)
    return [notice for notice in told if notice.user_id == entry.user_id]


def decision_due(session: Session, entries: Iterable[Entry]) -> list[Notice]:
    """For the organiser; moved-in sessions may have none."""
    return [
        Notice(
            kind=NoticeKind.DECISION_DUE,
            user_id=session.organiser_id,
            session=session,
            entry_id=entry.id,
            team_id=entry.team_id or 0,
            other_user_id=entry.user_id,
            amount=entry.payment.amount if entry.payment else 0,
        )
        for entry in entries
        if entry.awaits_decision and session.organiser_id
    ]


def coupon_issued(session: Session, man: UserId) -> Notice:
    """For the man of the session."""
    return Notice(kind=NoticeKind.COUPON_ISSUED, user_id=man, session=session)


def cancelled(session: Session, people: Iterable[UserId]) -> list[Notice]:
    """For everybody in a session that will not be."""
    kind = NoticeKind.SESSION_CANCELLED
    return [Notice(kind=kind, user_id=user_id, session=session) for user_id in people]


def moved(session: Session, before: Session, people: Iterable[UserId]) -> list[Notice]:
    """For everybody in a session that has another time or venue."""
    kind = NoticeKind.SESSION_MOVED
    return [Notice(kind=kind, user_id=user, session=session, before=before) for user in people]


def _of_entry(kind: NoticeKind, session: Session, entry: Entry) -> list[Notice]:
    return [
        Notice(
            kind=kind,
            user_id=user_id,
            session=session,
            entry_id=entry.id,
            team_id=entry.team_id or 0,
            reason=entry.reason,
            amount=_amount(entry, user_id, PaymentStatus.REFUND_DUE),
        )
        for user_id in entry.people
    ]


def _amount(entry: Entry, user_id: UserId, status: PaymentStatus) -> int:
    """What the one who registered is to pay, or gets back; 0 for all others."""
    payment = entry.payment
    is_his = user_id == entry.user_id and payment is not None and payment.status is status
    return payment.amount if payment and is_his else 0
