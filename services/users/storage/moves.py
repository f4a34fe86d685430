"""Wishes to come back under a new Telegram account, in one transaction on the primary."""

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from services.chassis.db import WriteTransaction
from services.users.domain.records import Move
from services.users.domain.user import MoveId, UserId
from services.users.storage.tables import moves


class SqlMoves:
    """`domain.ports.Moves` over Postgres."""

    def __init__(self, transaction: WriteTransaction) -> None:
        self._transaction = transaction

    async def ask(self, asker: UserId, person: UserId, phone: str) -> None:
        """A wish of the asker's to be the person; one that waits already speaks of this phone."""
        wish = insert(moves).values(asker_id=asker, person_id=person, phone=phone)
        await self._transaction.execute(
            wish.on_conflict_do_update(
                index_elements=[moves.c.asker_id, moves.c.person_id],
                index_where=moves.c.approved.is_(None),
                set_={"phone": phone},
            )
        )

    async def by_id(self, move_id: MoveId) -> Move | None:
        """The wish as it is now, or nothing."""
        found = await self._transaction.execute(select(moves).where(moves.c.id == move_id))
        row = found.one_or_none()
        if row is None:
            return None
        return Move(
            id=MoveId(row.id),
            asker=UserId(row.asker_id),
            person=UserId(row.person_id),
            phone=row.phone,
            approved=row.approved,
        )

    async def decide(self, move_id: MoveId, actor: UserId, approved: bool) -> None:
        """Keep what was decided, by whom and when."""
        decision = {"approved": approved, "decided_by": actor, "decided_at": func.now()}
        await self._transaction.execute(update(moves).where(moves.c.id == move_id).values(decision))
