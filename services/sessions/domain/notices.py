"""What people must be told, and under which id, so that each is told once."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from services.sessions.domain.values import Entry, Session, UserId


class NoticeKind(Enum):
    """What has happened to the reader."""

    PROMOTED = "promoted"
    SESSION_CANCELLED = "session_cancelled"
    SESSION_MOVED = "session_moved"
    COUPON_ISSUED = "coupon_issued"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One thing for one person, as it was when it became true. `position` is set for PROMOTED,
    `before` (the session as it was) for SESSION_MOVED."""

    kind: NoticeKind
    user_id: UserId
    session: Session
    position: int = 0
    before: Session | None = None

    @property
    def id(self) -> str:
        """The same at every repeat, another for every change of the session."""
        session = self.session
        return f"sessions:{session.id}:{session.version}:{self.kind.value}:{self.user_id}"


def promoted(session: Session, entries: Iterable[Entry]) -> list[Notice]:
    """For people who waited and have got a place."""
    return [
        Notice(
            kind=NoticeKind.PROMOTED,
            user_id=entry.user_id,
            session=session,
            position=entry.position,
        )
        for entry in entries
    ]


def cancelled(session: Session, people: Iterable[UserId]) -> list[Notice]:
    """For everybody in a session that will not be."""
    kind = NoticeKind.SESSION_CANCELLED
    return [Notice(kind=kind, user_id=user_id, session=session) for user_id in people]


def moved(session: Session, before: Session, people: Iterable[UserId]) -> list[Notice]:
    """For everybody in a session that has another time or venue."""
    kind = NoticeKind.SESSION_MOVED
    return [Notice(kind=kind, user_id=user, session=session, before=before) for user in people]


def coupon_issued(session: Session, man: UserId) -> Notice:
    """For the man of the session."""
    return Notice(kind=NoticeKind.COUPON_ISSUED, user_id=man, session=session)
