"""The ports `Entries` and `Ledger` over one write transaction."""

from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace
from sqlalchemy import CursorResult, Executable

from services.chassis.db import WriteTransaction
from services.sessions.domain.entries import Coupon, Entry, Step
from services.sessions.domain.values import EntryId, Session, SessionId, UserId
from services.sessions.storage import entry_statements as statements
from services.sessions.storage import rows
from services.sessions.storage.outbox import Outbox


class SqlEntries:
    """What is common to all parts of the store, and entries with their money."""

    def __init__(self, transaction: WriteTransaction, outbox: Outbox) -> None:
        self._transaction = transaction
        self._outbox = outbox

    async def enter(self, session: Session, entry: Entry) -> Entry:
        """One statement. A second active entry of the same person breaks a unique key."""
        entered = await self._execute(
            statements.ENTER,
            **rows.saved(session),
            entry_session=entry.session_id,
            entry_user=entry.user_id,
            entry_status=entry.status.value,
            entry_turn=entry.turn,
            entry_kind="individual" if entry.team_id is None else "team",
            entry_team=entry.team_id,
            entry_places=entry.places,
            entry_price=entry.price,
            players=list(entry.players),
            owed=entry.payment.amount if entry.payment else 0,
        )
        self._outbox.changed(session.id)
        return replace(entry, id=EntryId(entered.scalar_one()))

    async def session_of(self, entry_id: EntryId) -> SessionId | None:
        """None: no such entry."""
        found = await self._execute(statements.SESSION_OF, entry_id=entry_id)
        return found.scalar_one_or_none()

    async def entry(self, entry_id: EntryId) -> Entry | None:
        """Active or ended."""
        row = (await self._execute(statements.ENTRY, entry_id=entry_id)).one_or_none()
        return rows.entry(row, row.entry_position) if row else None

    async def entries(self, session_id: SessionId) -> Sequence[Entry]:
        """Those with places by arrival, then the queue in order."""
        found = await self._execute(statements.OF_SESSION, session_id=session_id)
        return rows.in_order(found)

    async def waiting(self, session_id: SessionId, count: int) -> Sequence[Entry]:
        """The first `count` of the queue, in order."""
        found = await self._execute(statements.FIRST_WAITING, session_id=session_id, count=count)
        return rows.in_order(found)

    async def keep(self, entries: Sequence[Entry], decided_by: UserId | None = None) -> None:
        """The rows of those that have ended stay."""
        changed: list[dict[str, object]] = [
            {
                "of_entry": entry.id,
                "new_status": entry.status.value,
                "new_turn": entry.turn,
                "new_reason": entry.reason,
                "new_decider": decided_by,
            }
            for entry in entries
        ]
        await self._execute_many(statements.KEEP, changed)
        ended = [entry.id for entry in entries if not entry.status.is_active]
        if ended:
            await self._execute(statements.FREE_PLAYERS, ended=ended)

    async def mark(self, entry: Entry, user_id: UserId, attended: bool) -> None:
        """A player of the entry came or did not."""
        await self._execute(
            statements.MARK,
            entry_id=entry.id,
            session_id=entry.session_id,
            user_id=user_id,
            attended=attended,
        )

    async def pay(self, steps: Sequence[Step]) -> None:
        """Payments are as the last step says."""
        last = {step.entry_id: step for step in steps}
        payments = [{"entry_id": id_, **_payment(step)} for id_, step in last.items()]
        await self._execute_many(statements.PAY, payments)
        await self._execute_many(statements.NOTE_STEPS, list(map(_event, steps)))

    async def coupons(self, entry: Entry) -> list[Coupon]:
        """The oldest first, locked."""
        found = await self._execute(
            statements.COUPONS, people=list(entry.players), entry_id=entry.id
        )
        return [Coupon(id=row.id, user_id=row.user_id, entry_id=row.entry_id) for row in found]

    async def take_coupons(self, coupons: Sequence[Coupon], entry_id: EntryId) -> None:
        """They are used for the entry."""
        if coupons:
            taken = [coupon.id for coupon in coupons]
            await self._execute(statements.TAKE_COUPONS, taken=taken, for_entry=entry_id)

    async def free_coupons(self, entries: Sequence[EntryId]) -> None:
        """What is used for these entries can be used again."""
        if entries:
            await self._execute(statements.FREE_COUPONS, of_entries=list(entries))

    async def _execute(self, statement: Executable, **parameters: object) -> CursorResult[Any]:
        return await self._transaction.execute(statement, parameters)

    async def _execute_many(self, statement: Executable, many: Sequence[dict[str, object]]) -> None:
        if many:
            await self._transaction.execute(statement, many)


def _payment(step: Step) -> dict[str, object]:
    payment = step.payment
    return {
        "amount": payment.amount,
        "coupons": payment.coupons,
        "status": payment.status.value,
        "receipt": payment.receipt or None,
    }


def _event(step: Step) -> dict[str, object]:
    return {
        "entry_id": step.entry_id,
        "actor_id": step.actor_id,
        "action": step.action.value,
        "amount": step.payment.amount,
        "coupons": step.payment.coupons,
        "note": step.note,
    }
