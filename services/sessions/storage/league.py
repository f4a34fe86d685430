"""The ports `League` and `LeagueStore`: organisers' settings, and the audit as it was written."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.dialects.postgresql import insert

from services.chassis.db import ReadTransaction, WriteTransaction
from services.sessions.domain.league import (
    USUAL_PRICE,
    Done,
    OrganiserSettings,
    PaymentDetails,
    SettingsChange,
)
from services.sessions.domain.values import SessionId, UserId
from services.sessions.storage.audit import Audit
from services.sessions.storage.league_tables import organiser_settings
from services.sessions.storage.tables import audit, sessions

SETTINGS = (
    organiser_settings.c.payee,
    organiser_settings.c.requisites,
    organiser_settings.c.default_price,
)


class SqlLeague:
    """`League` on any transaction."""

    def __init__(self, transaction: ReadTransaction) -> None:
        self._transaction = transaction

    async def settings(self, user_id: UserId) -> OrganiserSettings | None:
        """None until something is set."""
        own = select(*SETTINGS).where(organiser_settings.c.user_id == user_id)
        row = (await self._transaction.execute(own)).one_or_none()
        return _settings(row) if row else None

    async def organiser_of(self, session_id: SessionId) -> UserId | None:
        """None: no such session."""
        found = await self._transaction.execute(
            select(sessions.c.organiser_id).where(sessions.c.id == session_id)
        )
        return found.scalar_one_or_none()

    async def done(self, session_id: SessionId | None, before: int, count: int) -> Sequence[Done]:
        """The newest first."""
        newest = select(
            audit.c.id,
            audit.c.at,
            audit.c.actor_id,
            audit.c.action,
            func.coalesce(audit.c.session_id, 0),
            func.coalesce(audit.c.subject_id, 0),
            audit.c.note,
        ).order_by(audit.c.id.desc())
        if session_id is not None:
            newest = newest.where(audit.c.session_id == session_id)
        if before:
            newest = newest.where(audit.c.id < before)
        found = await self._transaction.execute(newest.limit(count))
        names = ("id", "at", "actor_id", "action", "session_id", "subject_id", "note")
        return [Done(**dict(zip(names, row, strict=True))) for row in found]


class SqlLeagueStore(SqlLeague):
    """`LeagueStore` on a transaction that writes."""

    def __init__(self, transaction: WriteTransaction) -> None:
        super().__init__(transaction)
        self._audit = Audit(transaction)

    async def change(self, user_id: UserId, change: SettingsChange) -> OrganiserSettings:
        """One statement, so that two edits at once both hold."""
        given = change.given
        first = {"payee": "", "requisites": "", "default_price": USUAL_PRICE, **given}
        kept = (
            insert(organiser_settings)
            .values(user_id=user_id, **first)
            .on_conflict_do_update(index_elements=["user_id"], set_={"user_id": user_id, **given})
            .returning(*SETTINGS)
        )
        return _settings((await self._transaction.execute(kept)).one())

    async def record(self, actor_id: UserId, action: str, note: str) -> None:
        """A row of the audit."""
        await self._audit.record(actor_id, action, note=note)


def _settings(row: Row[Any]) -> OrganiserSettings:
    details = PaymentDetails(payee=row.payee, requisites=row.requisites)
    return OrganiserSettings(details=details, default_price=row.default_price)
