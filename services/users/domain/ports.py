"""What the use cases need of a store. A store is bound to one transaction on the primary."""

from collections.abc import Sequence
from typing import Protocol

from services.users.domain.user import Admins, Language, TelegramId, User, UserId


class People(Protocol):
    """People as the primary knows them now."""

    async def by_id(self, user_id: UserId) -> User | None:
        """The person, or nothing."""

    async def lock(self, user_id: UserId) -> User | None:
        """The person, unchanged by others until the commit, or nothing."""

    async def by_telegram_id(self, telegram_id: TelegramId) -> User | None:
        """The person behind a Telegram account, locked too, or nothing."""

    async def add(self, telegram_id: TelegramId, language: Language) -> User:
        """A new person; the one who is there already when two come at once."""

    async def save(self, user: User) -> None:
        """Keep what has changed. Raises PhoneNotAccepted when another person has the phone."""

    async def record(self, actor: UserId, action: str, subject: UserId) -> None:
        """Write into the audit log who did what to whom, and when."""


class PeopleReads(Protocol):
    """What is asked about people; may be seconds old unless it says otherwise."""

    async def by_telegram_id(self, telegram_id: TelegramId) -> User | None:
        """The person behind a Telegram account; nothing when no copy knows him yet."""

    async def by_id_now(self, user_id: UserId) -> User | None:
        """The person as the primary knows him now, or nothing."""

    async def by_ids(self, user_ids: Sequence[UserId]) -> list[User]:
        """Those of the people who exist, by id."""

    async def by_name(self, prefix: str, limit: int) -> list[User]:
        """Registered people whose name begins so, in any case, by name."""

    async def organisers(self, admins: Admins) -> list[User]:
        """All organisers and those of the admins whom Fotbot has met, by name."""
