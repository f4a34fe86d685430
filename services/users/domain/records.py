"""What is kept of wishes and of acts, as values."""

from dataclasses import dataclass
from datetime import datetime

from services.users.domain.user import MoveId, User, UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A wish to come back under a new Telegram account."""

    id: MoveId
    asker: UserId
    """The row that the new account has got at first sight."""

    person: UserId
    """Who had the phone when the wish was made."""

    phone: str
    approved: bool | None
    """None until it is decided."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingMove:
    """A wish as an admin sees it."""

    id: MoveId
    person: User
    asked_as: str
    asked_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """Who did what to whom."""

    id: int
    at: datetime
    actor: UserId
    action: str
    subject: UserId
    note: str
