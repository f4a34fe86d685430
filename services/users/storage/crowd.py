"""Many people's writes to their own profiles in one transaction: read and locked at once, kept in
memory, where those after them find it, and written at once."""

from collections.abc import Sequence

from sqlalchemy import any_, bindparam, literal, select, update
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.exc import IntegrityError

from services.chassis.cache import Cache
from services.chassis.db import WriteTransaction
from services.users.domain.crowds import PhoneTaken
from services.users.domain.refusals import PhoneNotAccepted
from services.users.domain.user import TelegramId, User, UserId
from services.users.storage.keys import user_key
from services.users.storage.people import broken_constraint
from services.users.storage.rows import changeable, numbers, user_from
from services.users.storage.tables import people

_SAVE = update(people).where(people.c.id == bindparam("person"))


class SqlCrowd:
    """`domain.crowds.Crowd` over Postgres."""

    def __init__(self, transaction: WriteTransaction, cache: Cache) -> None:
        self._transaction = transaction
        self._cache = cache
        self._found: dict[UserId, User] = {}
        self._holders: dict[str, UserId] = {}
        self._changed: set[UserId] = set()

    async def gather(self, user_ids: Sequence[UserId], phones: Sequence[str]) -> None:
        """Waits at most the lock's time-out for each person, then StoreBusy. In one order, so that
        two crowds do not wait for each other."""
        is_one = people.c.id == any_(numbers(sorted(set(user_ids))))
        locking = select(people).where(is_one).order_by(people.c.id).with_for_update()
        for row in await self._transaction.execute(locking):
            user = user_from(row)
            self._found[user.id] = user
        if phones:
            has_one = people.c.phone == any_(literal(list(phones), ARRAY(TEXT)))
            held = select(people.c.phone, people.c.id).where(has_one)
            for row in await self._transaction.execute(held):
                self._holders[row.phone] = UserId(row.id)

    async def lock(self, user_id: UserId) -> User | None:
        """One of those who were gathered, or nothing."""
        return self._found.get(user_id)

    async def save(self, user: User) -> None:
        """Kept for those after him. Raises PhoneNotAccepted when another person has the phone."""
        if user.phone and self._holders.setdefault(user.phone, user.id) != user.id:
            raise PhoneNotAccepted("the phone is another account's")
        self._found[user.id] = user
        self._changed.add(user.id)

    async def settle(self) -> None:
        """Write what has changed. Raises PhoneTaken."""
        users = [self._found[user_id] for user_id in sorted(self._changed)]
        if not users:
            return
        rows = [{"person": user.id, **changeable(user)} for user in users]
        try:
            await self._transaction.execute(_SAVE, rows)
        except IntegrityError as error:
            if broken_constraint(error) != "people_phone":
                raise
            raise PhoneTaken from error
        self._uncache([user.telegram_id for user in users if user.telegram_id is not None])

    def _uncache(self, accounts: Sequence[TelegramId]) -> None:
        keys = [user_key(self._cache, account) for account in accounts]
        self._transaction.after_commit(lambda position: self._cache.invalidate(keys, position))
