"""What the schema `sender` has of one person: shown to him, or erased."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import text

from services.chassis.db import Database
from services.chassis.exports import rows

# What was said is gone once it was sent; what is still to be said, he will read.
_NOTICES = text("""SELECT kind, state, verdict, created_at, settled_at FROM notices
    WHERE user_id = :me ORDER BY seq DESC LIMIT :most""")
_FORGET = text("DELETE FROM notices WHERE user_id = :me")
# An update names its person in JSON, with or without a blank; what is in quarantine may be no JSON.
_FORGET_UPDATES = text("""DELETE FROM quarantine
    WHERE encode(payload, 'escape') ~ ('"id"\\s*:\\s*' || :account || '\\M')""")


class SqlPeople:
    """People in the schema."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def known(self, user_id: int) -> Mapping[str, Any]:
        """All that is kept of a person, for himself."""
        async with self._database.read_primary() as transaction:
            return {"notices": await rows(transaction, _NOTICES, {"me": user_id})}

    async def erase(self, user_id: int) -> None:
        """Nothing is sent to him, and nothing tells what was. Safe to repeat."""
        async with self._database.write() as transaction:
            await transaction.execute(_FORGET, {"me": user_id})

    async def forget_updates(self, telegram_id: int) -> int:
        """The updates that speak of a Telegram account are gone; how many there were."""
        async with self._database.write() as transaction:
            found = await transaction.execute(_FORGET_UPDATES, {"account": str(telegram_id)})
        return found.rowcount
