"""An entry's standing and its money in words."""

from collections.abc import Mapping

from fotbot.sessions.v1.entry_pb2 import Entry
from fotbot.sessions.v1.payment_pb2 import (
    PAYMENT_STATUS_CONFIRMED,
    PAYMENT_STATUS_DUE,
    PAYMENT_STATUS_KEPT,
    PAYMENT_STATUS_REFUND_DUE,
    PAYMENT_STATUS_REFUNDED,
    PAYMENT_STATUS_SUBMITTED,
    PAYMENT_STATUS_VOID,
    Payment,
)
from fotbot.sessions.v1.session_pb2 import (
    REGISTRATION_STATUS_CANCELLED,
    REGISTRATION_STATUS_CONFIRMED,
    REGISTRATION_STATUS_PENDING,
    REGISTRATION_STATUS_REJECTED,
    REGISTRATION_STATUS_WAITLISTED,
)

from services.gateway.features.sessions import views
from services.gateway.texts import Html, Texts

STANDINGS: Mapping[int, str] = {
    REGISTRATION_STATUS_PENDING: "standing.pending",
    REGISTRATION_STATUS_CONFIRMED: "standing.confirmed",
    REGISTRATION_STATUS_WAITLISTED: "standing.waiting",
    REGISTRATION_STATUS_REJECTED: "standing.rejected",
    REGISTRATION_STATUS_CANCELLED: "standing.left",
}
PAYMENTS: Mapping[int, str] = {
    PAYMENT_STATUS_DUE: "paid.due",
    PAYMENT_STATUS_SUBMITTED: "paid.submitted",
    PAYMENT_STATUS_CONFIRMED: "paid.confirmed",
    PAYMENT_STATUS_REFUND_DUE: "paid.refund_due",
    PAYMENT_STATUS_REFUNDED: "paid.refunded",
    PAYMENT_STATUS_VOID: "paid.void",
    PAYMENT_STATUS_KEPT: "paid.kept",
}
STEPS: Mapping[str, str] = {
    "due": "step.due",
    "coupons": "step.coupons",
    "receipt": "step.receipt",
    "confirmed": "step.confirmed",
    "rejected": "step.rejected",
    "refund_due": "step.refund_due",
    "refunded": "step.refunded",
    "not_received": "step.not_received",
    "void": "step.void",
    "kept": "step.kept",
}
"""Of a payment's history, as the wire names them."""

LIVING = frozenset(
    {
        REGISTRATION_STATUS_PENDING,
        REGISTRATION_STATUS_CONFIRMED,
        REGISTRATION_STATUS_WAITLISTED,
    }
)


def standing(entry: Entry, texts: Texts) -> Html:
    return texts(STANDINGS.get(entry.status, "standing.left"), place=entry.position)


def money(payment: Payment, texts: Texts) -> Html:
    """What is to be paid and whether it was: `40 000 so'm, receipt shown`."""
    state = texts(PAYMENTS.get(payment.status, "paid.due"))
    if not payment.amount:
        return state
    return texts("paid.amount", amount=views.price(payment.amount, texts), state=state)


def is_living(entry: Entry) -> bool:
    """Pending, in or waiting."""
    return entry.status in LIVING


def is_awaiting(entry: Entry) -> bool:
    """Whether the organiser is to decide: on the entry, or on a receipt."""
    shown = entry.payment.status == PAYMENT_STATUS_SUBMITTED
    return entry.status == REGISTRATION_STATUS_PENDING or (
        entry.status == REGISTRATION_STATUS_CONFIRMED and shown
    )


def can_be_approved(entry: Entry) -> bool:
    """A person without a place has to wait for one first."""
    owes = entry.payment.status in (PAYMENT_STATUS_DUE, PAYMENT_STATUS_SUBMITTED)
    return entry.status == REGISTRATION_STATUS_PENDING or (
        entry.status == REGISTRATION_STATUS_CONFIRMED and owes
    )
