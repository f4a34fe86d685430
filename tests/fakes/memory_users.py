"""People in memory: keeps the promises of `People` and `Moves` in services.users.domain.ports."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from services.users.domain.records import Move
from services.users.domain.refusals import PhoneNotAccepted
from services.users.domain.user import Language, MoveId, TelegramId, User, UserId


@dataclass(slots=True)
class MemoryPeople:
    """A store whose transactions take place one by one."""

    users: dict[UserId, User] = field(default_factory=dict)
    audit: list[tuple[UserId, str, UserId, str]] = field(default_factory=list)
    wishes: dict[MoveId, Move] = field(default_factory=dict)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator["MemoryPeople"]:
        """The store; an error undoes what was done."""
        before = dict(self.users), list(self.audit), dict(self.wishes)
        try:
            yield self
        except BaseException:
            self.users, self.audit, self.wishes = before
            raise

    async def by_id(self, user_id: UserId) -> User | None:
        return self.users.get(user_id)

    async def lock(self, user_id: UserId) -> User | None:
        return self.users.get(user_id)

    async def by_telegram_id(self, telegram_id: TelegramId) -> User | None:
        found = (user for user in self.users.values() if user.telegram_id == telegram_id)
        return next(found, None)

    async def by_phone(self, phone: str) -> User | None:
        return next((user for user in self.users.values() if user.phone == phone), None)

    async def by_telegram_ids(self, telegram_ids: Sequence[TelegramId]) -> list[User]:
        return [user for user in self.users.values() if user.telegram_id in telegram_ids]

    async def add_all(self, newcomers: Mapping[TelegramId, Language]) -> list[User]:
        return [await self._add(account, language) for account, language in newcomers.items()]

    async def _add(self, telegram_id: TelegramId, language: Language) -> User:
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
        # Accounts change hands by `hand_over` alone.
        self.users[user.id] = replace(user, telegram_id=self.users[user.id].telegram_id)

    async def hand_over(self, giver: User, taker: User) -> None:
        for user, account in ((giver, None), (taker, giver.telegram_id)):
            self.users[user.id] = replace(self.users[user.id], telegram_id=account)

    async def record(self, actor: UserId, action: str, subject: UserId, note: str = "") -> None:
        self.audit.append((actor, action, subject, note))


@dataclass(slots=True)
class MemoryMoves:
    """The wishes of a store of people."""

    store: MemoryPeople

    async def ask(self, asker: UserId, person: UserId, phone: str) -> None:
        waiting = (
            move
            for move in self.store.wishes.values()
            if (move.asker, move.person, move.approved) == (asker, person, None)
        )
        known = next(waiting, None)
        number = known.id if known else MoveId(len(self.store.wishes) + 1)
        self.store.wishes[number] = Move(
            id=number, asker=asker, person=person, phone=phone, approved=None
        )

    async def by_id(self, move_id: MoveId) -> Move | None:
        return self.store.wishes.get(move_id)

    async def decide(self, move_id: MoveId, actor: UserId, approved: bool) -> None:
        decided = replace(self.store.wishes[move_id], approved=approved)
        self.store.wishes[move_id] = decided
