"""Reads: from the cache, then a replica, then the primary. Roles are the primary's word."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, BindParameter, Select, and_, any_, func, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from services.chassis.cache import Cache
from services.chassis.consistency import Position
from services.chassis.db import Database, ReadTransaction
from services.users.domain.names import folded
from services.users.domain.user import Admins, TelegramId, User, UserId
from services.users.storage.keys import user_key
from services.users.storage.rows import packed, unpacked, user_from
from services.users.storage.tables import people

# As the index `people_reachable` has it.
REACHABLE = and_(
    people.c.reachable,
    people.c.telegram_id.is_not(None),
    people.c.name != "",
    people.c.phone.is_not(None),
)


class SqlPeopleReads:
    """`domain.ports.PeopleReads` over Postgres and the cache."""

    def __init__(self, database: Database, cache: Cache, cache_ttl: float) -> None:
        self._database = database
        self._cache = cache
        self._cache_ttl = cache_ttl

    async def by_telegram_id(self, telegram_id: TelegramId) -> User | None:
        """The person behind a Telegram account, cached; nothing when no copy knows him yet."""

        async def load() -> tuple[Position, bytes]:
            asked = select(people).where(people.c.telegram_id == telegram_id)
            async with self._database.read() as transaction:
                found = await _all(transaction, asked)
            return transaction.position, packed(found[0]) if found else b""

        key = user_key(self._cache, telegram_id)
        value = await self._cache.fetch(key, load, ttl=self._cache_ttl)
        return unpacked(value) if value else None

    async def by_id_now(self, user_id: UserId) -> User | None:
        """The person as the primary knows him now."""
        async with self._database.read_primary() as transaction:
            found = await _all(transaction, select(people).where(people.c.id == user_id))
        return found[0] if found else None

    async def by_ids(self, user_ids: Sequence[UserId]) -> list[User]:
        """Those of the people who exist, by id."""
        asked = select(people).where(people.c.id == any_(_numbers(user_ids))).order_by(people.c.id)
        return await self._read(asked)

    async def by_name(self, prefix: str, limit: int) -> list[User]:
        """Registered people whose name begins so, in any case, by name."""
        asked = (
            select(people)
            .where(people.c.name_folded.startswith(folded(prefix), autoescape=True))
            .where(people.c.name != "", people.c.phone.is_not(None))
            .order_by(people.c.name_folded, people.c.id)
            .limit(limit)
        )
        return await self._read(asked)

    async def organisers(self, admins: Admins) -> list[User]:
        """All organisers and those of the admins whom Fotbot has met, by name."""
        is_admin = people.c.telegram_id == any_(_numbers(sorted(admins)))
        is_one = or_(people.c.role == "organiser", is_admin)
        asked = select(people).where(is_one).order_by(people.c.name_folded, people.c.id)
        return await self._read(asked)

    async def reachable(self, after: int, limit: int) -> tuple[list[UserId], int]:
        """A page of the registered whom the bot reaches, by id, and how many there are in all."""
        page = (
            select(people.c.id)
            .where(REACHABLE, people.c.id > after)
            .order_by(people.c.id)
            .limit(limit)
        )
        async with self._database.read() as transaction:
            ids = (await transaction.execute(page)).scalars().all()
            counted = await transaction.execute(select(func.count()).where(REACHABLE))
        return list(map(UserId, ids)), counted.scalar_one()

    async def _read(self, asked: Select[Any]) -> list[User]:
        async with self._database.read() as transaction:
            return await _all(transaction, asked)


async def _all(transaction: ReadTransaction, asked: Select[Any]) -> list[User]:
    return [user_from(row) for row in await transaction.execute(asked)]


def _numbers(numbers: Sequence[int]) -> BindParameter[Sequence[int]]:
    """One array parameter: the statement is the same for any number of ids."""
    return literal(list(numbers), ARRAY(BigInteger))
