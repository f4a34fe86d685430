"""Writes: people in one transaction on the primary. What a save changes leaves the cache after
the commit."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select, any_, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from services.chassis.cache import Cache
from services.chassis.db import WriteTransaction
from services.users.domain.refusals import PhoneNotAccepted
from services.users.domain.user import Language, TelegramId, User, UserId
from services.users.storage.keys import user_key
from services.users.storage.rows import changeable, numbers, user_from
from services.users.storage.tables import audit, people

# In one order, so that two crowds do not wait for each other.
_ADD = text("""
INSERT INTO people (telegram_id, name, name_folded, language, language_chosen, role, reachable)
SELECT account, '', '', language, false, 'player', true
FROM unnest(CAST(:accounts AS bigint[]), CAST(:languages AS text[])) AS newcomers(account, language)
ORDER BY account
ON CONFLICT (telegram_id) DO NOTHING
RETURNING id, telegram_id, name, name_folded, phone, language, language_chosen, role, reachable,
  age, position, shirt_number, muted, created_at""")


class SqlPeople:
    """`domain.ports.People` over Postgres."""

    def __init__(self, transaction: WriteTransaction, cache: Cache) -> None:
        self._transaction = transaction
        self._cache = cache

    async def by_id(self, user_id: UserId) -> User | None:
        """The person, or nothing."""
        return await self._one(select(people).where(people.c.id == user_id))

    async def lock(self, user_id: UserId) -> User | None:
        """The person, unchanged by others until the commit, or nothing."""
        return await self._one(select(people).where(people.c.id == user_id).with_for_update())

    async def by_telegram_id(self, telegram_id: TelegramId) -> User | None:
        """The person behind a Telegram account, locked too, or nothing."""
        asked = select(people).where(people.c.telegram_id == telegram_id)
        return await self._one(asked.with_for_update())

    async def by_phone(self, phone: str) -> User | None:
        """The person with this phone, or nothing."""
        return await self._one(select(people).where(people.c.phone == phone))

    async def by_telegram_ids(self, telegram_ids: Sequence[TelegramId]) -> list[User]:
        """Those behind these Telegram accounts who exist."""
        is_asked = people.c.telegram_id == any_(numbers(telegram_ids))
        return list(map(user_from, await self._transaction.execute(select(people).where(is_asked))))

    async def add_all(self, newcomers: Mapping[TelegramId, Language]) -> list[User]:
        """New people, in any order; who is there already when two come at once, as he is."""
        accounts, languages = list(newcomers), [one.value for one in newcomers.values()]
        rows = {"accounts": accounts, "languages": languages}
        added = list(map(user_from, await self._transaction.execute(_ADD, rows)))
        self._uncache(*accounts)  # "nobody" is cached too
        late = newcomers.keys() - {user.telegram_id for user in added}
        return added + (await self.by_telegram_ids(tuple(late)) if late else [])

    async def save(self, user: User) -> None:
        """Keep what has changed. Raises PhoneNotAccepted when another person has the phone."""
        change = update(people).where(people.c.id == user.id).values(changeable(user))
        try:
            await self._transaction.execute(change)
        except IntegrityError as error:
            if broken_constraint(error) != "people_phone":
                raise
            raise PhoneNotAccepted("the phone is another account's") from error
        self._uncache(user.telegram_id)

    async def hand_over(self, giver: User, taker: User) -> None:
        """The giver's Telegram account becomes the taker's; the giver has none any more."""
        for user, account in ((giver, None), (taker, giver.telegram_id)):
            change = update(people).where(people.c.id == user.id).values(telegram_id=account)
            await self._transaction.execute(change)
            self._uncache(user.telegram_id)

    async def record(self, actor: UserId, action: str, subject: UserId, note: str = "") -> None:
        """Write into the audit log who did what to whom, and when."""
        entry = {"actor_id": actor, "action": action, "subject_id": subject, "note": note}
        await self._transaction.execute(insert(audit).values(entry))

    async def _one(self, asked: Select[Any]) -> User | None:
        row = (await self._transaction.execute(asked)).one_or_none()
        return None if row is None else user_from(row)

    def _uncache(self, *telegram_ids: TelegramId | None) -> None:
        keys = [user_key(self._cache, one) for one in telegram_ids if one is not None]
        self._transaction.after_commit(lambda position: self._cache.invalidate(keys, position))


def broken_constraint(error: IntegrityError) -> str | None:
    """The constraint's name; the driver's own error is the cause of SQLAlchemy's copy of it."""
    return getattr(error.orig and error.orig.__cause__, "constraint_name", None)
