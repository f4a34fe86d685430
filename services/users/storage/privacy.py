"""Everything in the schema `users` that is about one person: shown to him, or erased."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select, text

from services.chassis.cache import Cache
from services.chassis.db import Database, WriteTransaction
from services.chassis.exports import rows
from services.users.domain.privacy import EXPORTED
from services.users.domain.user import User, UserId
from services.users.storage.keys import user_key
from services.users.storage.tables import audit, erasures

_PERSON = text("""SELECT id, telegram_id, name, phone, language, language_chosen, role, reachable,
    age, position, shirt_number, muted AS muted_topics, created_at
    FROM people WHERE id = :me""")
_MOVES = text("""SELECT asked_at, phone, approved, decided_at FROM moves
    WHERE asker_id = :me OR person_id = :me ORDER BY id DESC LIMIT :most""")
# What was noted of others is theirs.
_AUDIT = text("""SELECT at, action, actor_id = :me AS by_you, subject_id = :me AS about_you,
    CASE WHEN subject_id = :me THEN note ELSE '' END AS note
    FROM audit WHERE actor_id = :me OR subject_id = :me ORDER BY id DESC LIMIT :most""")

# One after the other to the commit: who pulls by number must not find a smaller one later.
_IN_ORDER = text("SELECT pg_advisory_xact_lock(hashtext(current_schema() || '.erasures'))")
_TELL = text("INSERT INTO erasures (user_id) VALUES (:me) ON CONFLICT DO NOTHING")
_FORGET = tuple(
    map(
        text,
        (
            "DELETE FROM moves WHERE asker_id = :me OR person_id = :me",
            "UPDATE audit SET note = '' WHERE (actor_id = :me OR subject_id = :me) AND note <> ''",
            "DELETE FROM imported_accounts WHERE legacy_id IN"
            " (SELECT legacy_id FROM imported WHERE kind = 'user' AND id = :me)",
            "DELETE FROM requests WHERE actor_id = :me AND request_id <> :request_id",
            """UPDATE people SET telegram_id = NULL, name = '', name_folded = '', phone = NULL,
                language = 'uz', language_chosen = false, role = 'player', reachable = false,
                age = NULL, position = NULL, shirt_number = NULL, muted = '{}' WHERE id = :me""",
        ),
    )
)
# Admins' answers of the last two days that name him; what they did is safe to repeat.
_FORGET_ANSWERS = text("""DELETE FROM requests
    WHERE actor_id IN (SELECT actor_id FROM audit WHERE subject_id = :me)
        AND actor_id <> :me AND position(convert_to(:name, 'UTF8') IN outcome) > 0""")


class SqlPrivacy:
    """`domain.privacy.Privacy` over Postgres."""

    def __init__(self, transaction: WriteTransaction, cache: Cache) -> None:
        self._transaction = transaction
        self._cache = cache

    async def exports(self, user_id: UserId, within: timedelta) -> int:
        """How often he has asked for a copy of late."""
        asked = select(func.count()).where(
            audit.c.actor_id == user_id,
            audit.c.action == EXPORTED,
            audit.c.at > func.now() - within,
        )
        return int((await self._transaction.execute(asked)).scalar_one())

    async def erase(self, user: User, request_id: str) -> None:
        """Everything but his number, and the outcome of the request under way; the other services
        are told."""
        await self._transaction.execute(_IN_ORDER)
        of = {"me": user.id}
        await self._transaction.execute(_TELL, of)
        if user.name:
            await self._transaction.execute(_FORGET_ANSWERS, {**of, "name": user.name})
        for statement in _FORGET:
            await self._transaction.execute(statement, {**of, "request_id": request_id})
        if user.telegram_id is not None:
            keys = [user_key(self._cache, user.telegram_id)]
            self._transaction.after_commit(lambda position: self._cache.invalidate(keys, position))


class SqlKnown:
    """What is shown of people: a person to himself, those who are to be erased to the workers."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, user_id: UserId) -> Mapping[str, Any] | None:
        """All that is kept of him; nothing of who is not there."""
        me = {"me": user_id}
        async with self._database.read_primary() as transaction:
            person = await rows(transaction, _PERSON, me)
            if not person:
                return None
            moves = await rows(transaction, _MOVES, me)
            return {
                "person": person[0],
                "account_moves": moves,
                "audit": await rows(transaction, _AUDIT, me),
            }

    async def erasures(self, after: int, limit: int) -> list[tuple[int, UserId]]:
        """Number and person, in order."""
        asked = (
            select(erasures.c.number, erasures.c.user_id)
            .where(erasures.c.number > after)
            .order_by(erasures.c.number)
            .limit(limit)
        )
        async with self._database.read_primary() as transaction:
            found = await transaction.execute(asked)
            return [(row.number, UserId(row.user_id)) for row in found]
