"""Payments of another bot: as they stood, with a history that begins with what was due."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from fotbot.common.v1.import_pb2 import ImportResult
from fotbot.sessions.v1 import payment_pb2 as wire
from fotbot.sessions.v1.sessions_import_service_pb2 import ImportedEntry
from sqlalchemy import text

from services.chassis.imports import Batch, Taken, left
from services.sessions.storage.imports import moment, outcomes

if TYPE_CHECKING:
    from services.sessions.storage.imports_entries import Placed

PAYMENT = "payment"

STATUSES = {
    wire.PAYMENT_STATUS_DUE: "due",
    wire.PAYMENT_STATUS_SUBMITTED: "submitted",
    wire.PAYMENT_STATUS_CONFIRMED: "confirmed",
    wire.PAYMENT_STATUS_REFUND_DUE: "refund_due",
    wire.PAYMENT_STATUS_REFUNDED: "refunded",
    wire.PAYMENT_STATUS_VOID: "void",
    wire.PAYMENT_STATUS_KEPT: "kept",
}
# The organiser has the money.
CONFIRMED = ("confirmed", "kept")

_WITH = text("SELECT entry_id FROM payments WHERE entry_id = ANY(CAST(:ids AS bigint[]))")
_ADD = text("""
INSERT INTO payments (entry_id, amount, coupons, status, receipt, changed_at)
SELECT r.entry_id, r.amount, r.coupons, r.status, r.receipt, r.at
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(entry_id bigint, amount bigint,
    coupons smallint, status text, receipt text, at timestamptz)""")
# What comes first in a payment's life, then where it stands.
_ADD_EVENTS = text("""
INSERT INTO payment_events (entry_id, at, actor_id, action, amount, coupons)
SELECT r.entry_id, r.at, r.actor_id, step.action, r.amount, r.coupons
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(entry_id bigint, at timestamptz,
        actor_id bigint, status text, amount bigint, coupons smallint),
    unnest(ARRAY['due', nullif(CASE r.status WHEN 'submitted' THEN 'receipt' ELSE r.status END,
        'due')]) WITH ORDINALITY AS step(action, place)
WHERE step.action IS NOT NULL ORDER BY r.entry_id, step.place""")


async def add_payments(
    batch: Batch,
    rows: Sequence[ImportedEntry],
    entry_ids: Mapping[str, int],
    placed: Sequence[Placed],
) -> list[ImportResult]:
    """Of entries that are here, those just placed and those before; also what is due of new
    entries that hold places in coming sessions and have no payment yet."""
    paying = [row for row in rows if row.HasField("payment") and row.payment_legacy_id]
    reasons = {row.payment_legacy_id: _refusal(row, entry_ids) for row in paying}
    fit = {entry_ids[row.legacy_id]: row for row in paying if not reasons[row.payment_legacy_id]}
    for row in await batch.transaction.execute(_WITH, {"ids": list(fit)}):
        reasons[fit.pop(row.entry_id).payment_legacy_id] = "DUPLICATE"
    due = [_due(one) for one in placed if _owes(one)]
    await _write(batch, [*(_payment(number, row) for number, row in fit.items()), *due])
    taken = [
        Taken(legacy_id=row.payment_legacy_id, id=number, worth=_worth(row.payment))
        for number, row in fit.items()
    ]
    await batch.take(PAYMENT, taken)
    return [*outcomes(taken), *(left(row, reason) for row, reason in reasons.items() if reason)]


def price_of(payment: wire.Payment, places: int, asked: int) -> int:
    """For one player, so that amount = price x places - price x coupons; what the session asks
    where that says nothing."""
    paying = places - payment.coupons
    if paying > 0 and payment.amount >= 0:
        return payment.amount // paying
    return asked


def _refusal(row: ImportedEntry, entry_ids: Mapping[str, int]) -> str:
    if row.legacy_id not in entry_ids:
        return "REGISTRATION_LEFT"
    if row.payment.amount < 0 or row.payment.coupons < 0:
        return "AMOUNT_INVALID"
    return "" if row.payment.status in STATUSES else "STATUS_INVALID"


def _owes(one: Placed) -> bool:
    waits = one.status == "pending" and one.room.is_coming
    return waits and one.room.price > 0 and not one.row.HasField("payment")


def _due(one: Placed) -> dict[str, object]:
    return {
        "entry_id": one.id,
        "amount": one.price * one.places,
        "coupons": 0,
        "status": "due",
        "receipt": None,
        "actor_id": one.user_id,
        "at": moment(one.row.created_at).isoformat(),
    }


def _payment(number: int, row: ImportedEntry) -> dict[str, object]:
    return {
        "entry_id": number,
        "amount": row.payment.amount,
        "coupons": row.payment.coupons,
        "status": STATUSES[row.payment.status],
        "receipt": row.receipt_file_id or None,
        "actor_id": row.user_id,
        "at": moment(row.created_at).isoformat(),
    }


def _worth(payment: wire.Payment) -> int:
    return payment.amount if STATUSES[payment.status] in CONFIRMED else 0


async def _write(batch: Batch, payments: Sequence[dict[str, object]]) -> None:
    await batch.rows(_ADD, payments)
    await batch.rows(_ADD_EVENTS, payments)
