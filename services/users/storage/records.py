"""What admins look at: wishes that wait, and who did what."""

from sqlalchemy import select

from services.chassis.db import Database
from services.users.domain.records import AuditEntry, WaitingMove
from services.users.domain.user import MoveId, UserId
from services.users.storage.rows import user_from
from services.users.storage.tables import audit, moves, people


class SqlRecords:
    """`domain.ports.Records` over Postgres."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def waiting_moves(self, limit: int) -> list[WaitingMove]:
        """Wishes not decided yet, the oldest first."""
        asker = people.alias("asker")
        asked = (
            select(
                people,
                moves.c.id.label("move_id"),
                moves.c.asked_at,
                asker.c.name.label("asked_as"),
            )
            .join_from(moves, people, moves.c.person_id == people.c.id)
            .join(asker, moves.c.asker_id == asker.c.id)
            .where(moves.c.approved.is_(None))
            .order_by(moves.c.id)
            .limit(limit)
        )
        async with self._database.look() as transaction:
            found = await transaction.execute(asked)
        return [
            WaitingMove(
                id=MoveId(row.move_id),
                person=user_from(row),
                asked_as=row.asked_as,
                asked_at=row.asked_at,
            )
            for row in found
        ]

    async def audit(self, limit: int, before: int) -> list[AuditEntry]:
        """Entries with ids smaller than `before`, 0 for no bound; the newest first."""
        asked = select(audit).order_by(audit.c.id.desc()).limit(limit)
        if before:
            asked = asked.where(audit.c.id < before)
        async with self._database.look() as transaction:
            found = await transaction.execute(asked)
        return [
            AuditEntry(
                id=row.id,
                at=row.at,
                actor=UserId(row.actor_id),
                action=row.action,
                subject=UserId(row.subject_id),
                note=row.note,
            )
            for row in found
        ]
