"""People as values: who they are, and what each role may do."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import NewType

UserId = NewType("UserId", int)
"""Our own id of a person; other services know people by it."""

TelegramId = NewType("TelegramId", int)

Admins = frozenset[TelegramId]
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


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A person whom Fotbot has met in Telegram."""

    id: UserId
    telegram_id: TelegramId
    language: Language
    created_at: datetime
    name: str = ""
    phone: str = ""
    stored_role: Role = Role.PLAYER
    language_chosen: bool = False
    reachable: bool = True

    @property
    def is_registered(self) -> bool:
        """The name is given and the own phone is shared."""
        return bool(self.name and self.phone)

    def role(self, admins: Admins) -> Role:
        """What the person may do now."""
        return Role.ADMIN if self.telegram_id in admins else self.stored_role
