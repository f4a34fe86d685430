"""People of another bot, many in one statement: new ones, and what they add to those whom Fotbot
has met under the same Telegram account."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import starmap

from sqlalchemy import ARRAY, BigInteger, Text, any_, literal, select, text

from services.chassis.cache import Cache
from services.chassis.imports import Batch, Taken
from services.users.domain.names import folded
from services.users.domain.user import Language, Position, TelegramId, UserId
from services.users.storage.keys import user_key
from services.users.storage.tables import people

KIND = "user"

_ADD = text("""
INSERT INTO people (id, telegram_id, name, name_folded, phone, language, language_chosen, role,
    reachable, age, position, shirt_number, created_at)
OVERRIDING SYSTEM VALUE
SELECT r.id, r.telegram_id, r.name, r.name_folded, r.phone, r.language, r.language_chosen,
    'player', r.telegram_id IS NOT NULL, r.age, r.position, r.shirt_number, r.created_at
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(id bigint, telegram_id bigint, name text,
    name_folded text, phone text, language text, language_chosen boolean, age smallint,
    position text, shirt_number smallint, created_at timestamptz)""")
# What the person has told Fotbot himself stands.
_COMPLETE = text("""
UPDATE people SET
    name = CASE WHEN people.name = '' THEN r.name ELSE people.name END,
    name_folded = CASE WHEN people.name = '' THEN r.name_folded ELSE people.name_folded END,
    phone = coalesce(people.phone, r.phone),
    language = CASE WHEN people.language_chosen THEN people.language ELSE r.language END,
    language_chosen = people.language_chosen OR r.language_chosen,
    age = coalesce(people.age, r.age),
    position = coalesce(people.position, r.position),
    shirt_number = coalesce(people.shirt_number, r.shirt_number),
    created_at = least(people.created_at, r.created_at)
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(id bigint, telegram_id bigint, name text,
    name_folded text, phone text, language text, language_chosen boolean, age smallint,
    position text, shirt_number smallint, created_at timestamptz)
WHERE people.id = r.id""")
_ACCOUNTS = text("""
INSERT INTO imported_accounts (legacy_id, name)
SELECT legacy_id, name FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(legacy_id text, name text)
ON CONFLICT DO NOTHING""")
_IMAGES = text("SELECT id FROM imported WHERE kind = :kind AND id = any(CAST(:ids AS bigint[]))")


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomer:
    """A person of another bot, cleaned. No `telegram_id`: he is to prove who he is by his phone."""

    legacy_id: str
    telegram_id: TelegramId | None
    name: str
    phone: str
    language: Language
    language_known: bool
    age: int
    position: Position
    shirt_number: int
    created_at: datetime
    account_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """Whom Fotbot has met: by Telegram account, of those also who came in before; phones in use."""

    people: Mapping[TelegramId, UserId]
    images: Collection[UserId]
    phones: Collection[str]


class SqlNewcomers:
    """One call's people, in its transaction."""

    def __init__(self, batch: Batch, cache: Cache) -> None:
        self._batch = batch
        self._cache = cache

    async def met(self, newcomers: Sequence[Newcomer]) -> Met:
        """What the rows may meet. Those met stay unchanged by others until the commit."""
        accounts = [one.telegram_id for one in newcomers if one.telegram_id]
        phones = [one.phone for one in newcomers if one.phone]
        found = await self._batch.transaction.execute(
            select(people.c.id, people.c.telegram_id)
            .where(people.c.telegram_id == any_(literal(accounts, ARRAY(BigInteger))))
            .with_for_update()
        )
        by_account = {TelegramId(row.telegram_id): UserId(row.id) for row in found}
        images = await self._batch.transaction.execute(
            _IMAGES, {"kind": KIND, "ids": list(by_account.values())}
        )
        used = await self._batch.transaction.execute(
            select(people.c.phone).where(people.c.phone == any_(literal(phones, ARRAY(Text))))
        )
        return Met(
            people=by_account,
            images={UserId(row.id) for row in images},
            phones={row.phone for row in used},
        )

    async def add(self, newcomers: Sequence[Newcomer]) -> list[Taken]:
        """New people."""
        ids = await self._batch.new_ids("people", len(newcomers))
        numbered = list(zip(map(UserId, ids), newcomers, strict=True))
        await self._batch.rows(_ADD, list(starmap(_row, numbered)))
        return await self._take(numbered)

    async def complete(self, known: Sequence[tuple[UserId, Newcomer]]) -> list[Taken]:
        """What the rows add to people who are there."""
        await self._batch.rows(_COMPLETE, list(starmap(_row, known)))
        keys = [user_key(self._cache, one.telegram_id) for _, one in known if one.telegram_id]
        if keys:
            self._batch.transaction.after_commit(
                lambda position: self._cache.invalidate(keys, position)
            )
        return await self._take(known)

    async def _take(self, numbered: Sequence[tuple[UserId, Newcomer]]) -> list[Taken]:
        taken = [Taken(legacy_id=one.legacy_id, id=person) for person, one in numbered]
        await self._batch.take(KIND, taken)
        accounts = [one for _, one in numbered if one.account_name]
        await self._batch.rows(
            _ACCOUNTS, [{"legacy_id": one.legacy_id, "name": one.account_name} for one in accounts]
        )
        return taken


def _row(person: UserId, one: Newcomer) -> dict[str, object]:
    return {
        "id": person,
        "telegram_id": one.telegram_id,
        "name": one.name,
        "name_folded": folded(one.name),
        "phone": one.phone or None,
        "language": one.language.value,
        "language_chosen": one.language_known,
        "age": one.age or None,
        "position": one.position.value or None,
        "shirt_number": one.shirt_number or None,
        "created_at": one.created_at.isoformat(),
    }
