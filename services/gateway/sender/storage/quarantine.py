"""The quarantine's table."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import Row, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from services.chassis.db import ReadTransaction
from services.gateway.sender.quarantined import BrokenUpdate, Quarantined
from services.gateway.sender.storage.tables import quarantine


class SqlQuarantine:
    """QuarantineStore on Postgres, within one transaction."""

    def __init__(self, transaction: ReadTransaction) -> None:
        self._transaction = transaction

    async def put(self, broken: BrokenUpdate) -> None:
        """See QuarantineStore."""
        told = {
            "payload": broken.payload,
            "error": broken.error,
            "traceparent": broken.traceparent,
        }
        statement = insert(quarantine).values(
            bot_id=broken.bot_id, update_id=broken.update_id, **told
        )
        again = {**told, "created_at": func.now(), "redriven_at": None}
        await self._transaction.execute(
            statement.on_conflict_do_update(index_elements=["bot_id", "update_id"], set_=again)
        )

    async def waiting(self) -> Sequence[Quarantined]:
        """See QuarantineStore."""
        statement = (
            select(quarantine)
            .where(quarantine.c.redriven_at.is_(None))
            .order_by(quarantine.c.created_at)
        )
        return [_kept(row) for row in (await self._transaction.execute(statement)).all()]

    async def take(self, update_id: int) -> Sequence[Quarantined]:
        """See QuarantineStore."""
        statement = (
            update(quarantine)
            .where(quarantine.c.update_id == update_id)
            .values(redriven_at=func.now())
            .returning(quarantine)
        )
        return [_kept(row) for row in (await self._transaction.execute(statement)).all()]

    async def sweep(self, age: timedelta) -> int:
        """See QuarantineStore."""
        old = delete(quarantine).where(quarantine.c.created_at < func.now() - age)
        swept = await self._transaction.execute(old.returning(quarantine.c.update_id))
        return len(swept.all())


def _kept(row: Row[tuple[object, ...]]) -> Quarantined:
    return Quarantined(
        bot_id=row.bot_id,
        update_id=row.update_id,
        payload=row.payload,
        error=row.error,
        traceparent=row.traceparent,
        created_at=row.created_at,
    )
