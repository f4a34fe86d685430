"""What is to be paid, was paid or comes back for one's entry, in words. What happens to money is
decided by sessions."""

from fotbot.sessions.v1.payment_pb2 import (
    PAYMENT_STATUS_CONFIRMED,
    PAYMENT_STATUS_DUE,
    PAYMENT_STATUS_KEPT,
    PAYMENT_STATUS_REFUND_DUE,
    PAYMENT_STATUS_REFUNDED,
    PAYMENT_STATUS_SUBMITTED,
    Payment,
)
from fotbot.sessions.v1.session_pb2 import (
    REGISTRATION_STATUS_CONFIRMED,
    REGISTRATION_STATUS_PENDING,
    Registration,
)
from fotbot.sessions.v1.sessions_service_pb2 import SessionView

from services.gateway.features.sessions import views
from services.gateway.texts import Html, Texts

KEYS = {
    PAYMENT_STATUS_DUE: "payment.due",
    PAYMENT_STATUS_SUBMITTED: "payment.submitted",
    PAYMENT_STATUS_CONFIRMED: "payment.confirmed",
    PAYMENT_STATUS_REFUND_DUE: "payment.refund_due",
    PAYMENT_STATUS_REFUNDED: "payment.refunded",
    PAYMENT_STATUS_KEPT: "payment.kept",
}
COUPONS_ONLY = {
    PAYMENT_STATUS_CONFIRMED: "payment.covered",
    PAYMENT_STATUS_KEPT: "payment.kept.coupons",
}
"""Where coupons cover all of it. A payment that is void says nothing."""

_HOLDS = (REGISTRATION_STATUS_CONFIRMED, REGISTRATION_STATUS_PENDING)


def is_payable(view: SessionView) -> bool:
    """Money is still to be given, or a receipt can still be shown anew, by the viewer."""
    entry = view.registration
    return (
        entry.status in _HOLDS
        and entry.payment.status in (PAYMENT_STATUS_DUE, PAYMENT_STATUS_SUBMITTED)
        and views.is_own(entry)
    )


def is_due(payment: Payment) -> bool:
    """Nothing was shown yet."""
    return payment.status == PAYMENT_STATUS_DUE


def line(entry: Registration, texts: Texts) -> str:
    """Where the viewer's payment stands; empty where there is none, or it is the captain's."""
    payment = entry.payment
    amount = payment.amount
    key = (KEYS if amount else COUPONS_ONLY).get(payment.status)
    if key is None or not views.is_own(entry):
        return ""
    told = texts(key, amount=views.price(amount, texts))
    if amount and payment.coupons and payment.status != PAYMENT_STATUS_REFUNDED:
        return f"{told} · {texts.plural('payment.coupons', payment.coupons)}"
    return told


def at_stake(entry: Registration, texts: Texts) -> Html | None:
    """What the viewer has given for a living entry, money and coupons; None for nothing."""
    payment = entry.payment
    given: list[str] = []
    if payment.amount and payment.status in (PAYMENT_STATUS_SUBMITTED, PAYMENT_STATUS_CONFIRMED):
        given.append(views.price(payment.amount, texts))
    if payment.coupons:
        given.append(texts.plural("payment.coupons", payment.coupons))
    return Html(" + ".join(given)) if given else None
