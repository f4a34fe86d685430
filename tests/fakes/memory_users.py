"""People in memory: keeps the promises of `services.users.domain.ports.People`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from services.users.domain.refusals import PhoneNotAccepted
from services.users.domain.user import Language, TelegramId, User, UserId


@dataclass(slots=True)
class MemoryPeople:
    """A store whose transactions take place one by one."""

    users: dict[UserId, User] = field(default_factory=dict)
    audit: list[tuple[UserId, str, UserId]] = field(default_factory=list)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator["MemoryPeople"]:
        """The store; an error undoes what was done."""
        before = dict(self.users), list(self.audit)
        try:
            yield self
        except BaseException:
            self.users, self.audit = before
            raise

    async def by_id(self, user_id: UserId) -> User | None:
        return self.users.get(user_id)

    async def lock(self, user_id: UserId) -> User | None:
        return self.users.get(user_id)

    async def by_telegram_id(self, telegram_id: TelegramId) -> User | None:
        found = (user for user in self.users.values() if user.telegram_id == telegram_id)
        return next(found, None)

    async def add(self, telegram_id: TelegramId, language: Language) -> User:
        known = await self.by_telegram_id(telegram_id)
        if known:
            return known
        number = UserId(len(self.users) + 1)
        user = User(
            id=number, telegram_id=telegram_id, language=language, created_at=datetime.now(UTC)
        )
        self.users[number] = user
        return user

    async def save(self, user: User) -> None:
        others = (other for other in self.users.values() if other.id != user.id)
        if user.phone and any(other.phone == user.phone for other in others):
            raise PhoneNotAccepted("the phone is another account's")
        self.users[user.id] = user

    async def record(self, actor: UserId, action: str, subject: UserId) -> None:
        self.audit.append((actor, action, subject))
