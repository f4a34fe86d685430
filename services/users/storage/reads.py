"""Reads: from the cache, then a replica, then the primary. Roles are the primary's word."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Select, and_, any_, func, or_, select

from services.chassis import driver_sql
from services.chassis.cache import Cache
from services.chassis.consistency import Position
from services.chassis.db import Database, ReadTransaction
from services.users.domain.names import folded
from services.users.domain.user import Admins, Role, Standing, TelegramId, User, UserId
from services.users.storage.keys import user_key
from services.users.storage.rows import numbers, user_from
from services.users.storage.tables import people

IS_REGISTERED = and_(people.c.name != "", people.c.phone.is_not(None))
# As the index `people_reachable` has it.
REACHABLE = and_(
    people.c.reachable,
    people.c.telegram_id.is_not(None),
    people.c.name != "",
    people.c.phone.is_not(None),
)

# In the driver's own words, since a crowd asks all the time.
_KNOWN = """
SELECT id, telegram_id, name, name_folded, phone, language, language_chosen, role, reachable,
  age, position, shirt_number, muted, created_at
FROM people WHERE telegram_id = ANY($1::text::bigint[])"""
_STANDINGS = """
SELECT asked.id, telegram_id, role, name <> '' AND phone IS NOT NULL, pg_is_in_recovery()
FROM unnest($1::text::bigint[]) AS asked(id) LEFT JOIN people ON people.id = asked.id"""


class SqlPeopleReads:
    """`domain.ports.PeopleReads` over Postgres and the cache."""

    def __init__(
        self,
        database: Database,
        cache: Cache,
        *,
        cache_ttl: float,
        pack: Callable[[User], bytes],
    ) -> None:
        self._database = database
        self._cache = cache
        self._cache_ttl = cache_ttl
        self._pack = pack

    async def known(self, since: Mapping[TelegramId, Position]) -> dict[TelegramId, bytes]:
        """The people behind Telegram accounts, cached as they are packed, each as new as his
        position asks; without those whom no copy knows yet."""
        accounts = {user_key(self._cache, account): account for account in since}

        async def load(keys: Sequence[str]) -> tuple[Position, Sequence[bytes | None]]:
            wanted = [accounts[key] for key in keys]
            async with self._database.read() as transaction:
                found = await driver_sql.fetch(transaction, _KNOWN, driver_sql.numbers(wanted))
            packed = {user.telegram_id: self._pack(user) for user in map(user_from, found)}
            return transaction.position, [packed.get(account) for account in wanted]

        values = await self._cache.fetch_many(
            list(accounts), load, self._cache_ttl, since=list(since.values())
        )
        found = zip(accounts.values(), values, strict=True)
        return {account: value for account, value in found if value is not None}

    async def standings_now(
        self, user_ids: Sequence[UserId], admins: Admins
    ) -> dict[UserId, Standing]:
        """Of those of the people who exist, as the primary knows them now."""
        asked = driver_sql.numbers(user_ids)
        found = await driver_sql.fetch_from_primary(self._database, _STANDINGS, asked)
        return {
            UserId(number): _standing("ADMIN" if account in admins else role, is_registered)
            for number, account, role, is_registered, _ in found
            if role is not None
        }

    async def by_id_now(self, user_id: UserId) -> User | None:
        """The person as the primary knows him now."""
        async with self._database.read_primary() as transaction:
            found = await _all(transaction, select(people).where(people.c.id == user_id))
        return found[0] if found else None

    async def by_ids(self, user_ids: Sequence[UserId]) -> list[User]:
        """Those of the people who exist, by id."""
        asked = select(people).where(people.c.id == any_(numbers(user_ids))).order_by(people.c.id)
        return await self._read(asked)

    async def by_name(self, prefix: str, limit: int) -> list[User]:
        """Registered people whose name begins so, in any case, by name."""
        asked = (
            select(people)
            .where(people.c.name_folded.startswith(folded(prefix), autoescape=True))
            .where(IS_REGISTERED)
            .order_by(people.c.name_folded, people.c.id)
            .limit(limit)
        )
        return await self._read(asked)

    async def organisers(self, admins: Admins) -> list[User]:
        """All organisers and those of the admins whom Fotbot has met, by name."""
        is_admin = people.c.telegram_id == any_(numbers(sorted(admins)))
        is_one = or_(people.c.role == "organiser", is_admin)
        asked = select(people).where(is_one).order_by(people.c.name_folded, people.c.id)
        return await self._read(asked)

    async def reachable(self, after: int, limit: int) -> tuple[list[UserId], int]:
        """A page of the registered whom the bot reaches, by id, and how many there are in all,
        told with the first page: it takes a look at each of them."""
        page = (
            select(people.c.id)
            .where(REACHABLE, people.c.id > after)
            .order_by(people.c.id)
            .limit(limit)
        )
        async with self._database.read() as transaction:
            ids = (await transaction.execute(page)).scalars().all()
            if after:
                return list(map(UserId, ids)), 0
            counted = await transaction.execute(select(func.count()).where(REACHABLE))
            return list(map(UserId, ids)), counted.scalar_one()

    async def _read(self, asked: Select[Any]) -> list[User]:
        async with self._database.read() as transaction:
            return await _all(transaction, asked)


async def _all(transaction: ReadTransaction, asked: Select[Any]) -> list[User]:
    return [user_from(row) for row in await transaction.execute(asked)]


@cache
def _standing(role: str, is_registered: bool) -> Standing:
    return Standing(role=Role[role.upper()], is_registered=is_registered)
