"""Who did what: a row in the transaction that does it, never changed afterwards."""

from sqlalchemy import insert

from services.chassis.db import WriteTransaction
from services.sessions.domain.values import SessionId, UserId
from services.sessions.storage.tables import audit

RECORD = insert(audit)


class Audit:
    """Of one transaction."""

    def __init__(self, transaction: WriteTransaction) -> None:
        self._transaction = transaction

    async def record(
        self,
        actor_id: UserId,
        action: str,
        *,
        session_id: SessionId | None = None,
        subject_id: UserId | None = None,
        note: str = "",
    ) -> None:
        """`action` is a dotted word, e.g. session.cancel; `note` is for people, never a phone."""
        deed = {
            "actor_id": actor_id,
            "action": action,
            "session_id": session_id,
            "subject_id": subject_id,
            "note": note,
        }
        await self._transaction.execute(RECORD, deed)
