"""People as values: who they are, and what each role may do."""

from collections.abc import Set
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import NewType

UserId = NewType("UserId", int)
"""Our own id of a person; other services know people by it."""

TelegramId = NewType("TelegramId", int)

MoveId = NewType("MoveId", int)
"""Of a wish to come back under a new Telegram account."""

Admins = Set[TelegramId]
"""Whom the settings name as admins; their stored role does not matter."""


class Language(StrEnum):
    """The languages Fotbot speaks."""

    UZ = "uz"
    RU = "ru"
    EN = "en"


class Role(IntEnum):
    """A role's rights include those of the roles before it."""

    PLAYER = 1
    ORGANISER = 2
    ADMIN = 3


class Position(StrEnum):
    """Where a person likes to play."""

    UNTOLD = ""
    GOALKEEPER = "goalkeeper"
    DEFENDER = "defender"
    MIDFIELDER = "midfielder"
    FORWARD = "forward"


class Topic(StrEnum):
    """What notices are about; each can be switched off."""

    REMINDERS = "reminders"
    REGISTRATIONS = "registrations"
    CHANGES = "changes"
    TEAMS = "teams"
    BROADCASTS = "broadcasts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What decides whether a person may act."""

    role: Role
    is_registered: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A person whom Fotbot has met in Telegram, or whom another bot had."""

    id: UserId
    telegram_id: TelegramId | None
    """None for who has no account: his went to whom he was before, or he has not come yet."""

    language: Language
    created_at: datetime
    name: str = ""
    phone: str = ""
    stored_role: Role = Role.PLAYER
    language_chosen: bool = False
    reachable: bool = True
    age: int = 0
    """Years; 0 until told."""

    position: Position = Position.UNTOLD
    shirt_number: int = 0
    """The one he would like to wear; 0 until told."""

    muted: frozenset[Topic] = frozenset()

    @property
    def is_registered(self) -> bool:
        """The name is given and the own phone is shared."""
        return bool(self.name and self.phone)

    @property
    def is_reachable(self) -> bool:
        """Notices can be delivered."""
        return self.reachable and self.telegram_id is not None

    def role(self, admins: Admins) -> Role:
        """What the person may do now."""
        return Role.ADMIN if self.telegram_id in admins else self.stored_role
