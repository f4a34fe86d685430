"""What an entry owes, and the steps a payment may take. Pure: who may take them is elsewhere.

While its entry lives, amount = price x players - price x coupons; once it has ended, `amount` is
what is owed back, was kept, or was never paid, as the status says.
"""

from dataclasses import dataclass, replace
from enum import Enum

from services.sessions.domain.refusals import PaymentNotDue, RefundNotDue


class PaymentStatus(Enum):
    """How far a payment has come."""

    DUE = "due"
    SUBMITTED = "submitted"
    CONFIRMED = "confirmed"
    REFUND_DUE = "refund_due"
    REFUNDED = "refunded"
    VOID = "void"
    KEPT = "kept"


SETTLED = (PaymentStatus.REFUND_DUE, PaymentStatus.REFUNDED, PaymentStatus.KEPT)
"""Of an entry that has ended: there was something in it."""


class Action(Enum):
    """A step in a payment's history."""

    DUE = "due"
    COUPONS = "coupons"
    RECEIPT = "receipt"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    REFUND_DUE = "refund_due"
    REFUNDED = "refunded"
    NOT_RECEIVED = "not_received"
    VOID = "void"
    KEPT = "kept"


class Method(Enum):
    """What it is paid with."""

    MANUAL = "manual"
    COUPON = "coupon"
    COUPON_AND_MANUAL = "coupon_and_manual"


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """Whole so'm, coupons taken off; `receipt` is Telegram's file id, empty until shown."""

    amount: int
    coupons: int = 0
    status: PaymentStatus = PaymentStatus.DUE
    receipt: str = ""

    @property
    def method(self) -> Method:
        """By what it is made of."""
        if not self.coupons:
            return Method.MANUAL
        return Method.COUPON_AND_MANUAL if self.amount else Method.COUPON

    @property
    def is_open(self) -> bool:
        """Whether the organiser has yet to say that he has the money."""
        return self.status in (PaymentStatus.DUE, PaymentStatus.SUBMITTED)

    @property
    def is_shown(self) -> bool:
        """Whether money was paid, or is said to have been."""
        claimed = self.status in (PaymentStatus.SUBMITTED, PaymentStatus.CONFIRMED)
        return claimed and self.amount > 0


def first_due(price: int, players: int) -> Payment | None:
    """For an entry that gets its places; None where nothing is to be paid."""
    return Payment(amount=price * players) if price else None


def with_coupons(payment: Payment | None, price: int, players: int, coupons: int) -> Payment:
    """So many coupons in place of those used so far; when they cover all, it is confirmed.

    Raises PaymentNotDue also once a receipt was shown: it was for another amount.
    """
    if payment is None or payment.status is not PaymentStatus.DUE:
        raise PaymentNotDue("coupons are used before anything is paid")
    amount = price * (players - coupons)
    status = PaymentStatus.DUE if amount else PaymentStatus.CONFIRMED
    return replace(payment, amount=amount, coupons=coupons, status=status)


def shown(payment: Payment | None, receipt: str) -> Payment:
    """A receipt was shown; a newer one takes the place of an older. Raises PaymentNotDue."""
    if payment is None or not payment.is_open:
        raise PaymentNotDue("there is nothing to be paid")
    return replace(payment, status=PaymentStatus.SUBMITTED, receipt=receipt)


def confirmed(payment: Payment) -> Payment:
    """The organiser has the money."""
    return replace(payment, status=PaymentStatus.CONFIRMED)


def given_back(payment: Payment) -> tuple[Action, Payment]:
    """The entry ended: coupons come back, and so does what was paid or shown as paid."""
    if payment.is_shown:
        owed = replace(payment, coupons=0, status=PaymentStatus.REFUND_DUE)
        return Action.REFUND_DUE, owed
    return Action.VOID, replace(payment, coupons=0, status=PaymentStatus.VOID)


def kept(payment: Payment) -> tuple[Action, Payment]:
    """The entry ended too late: coupons stay used, money stays with the organiser."""
    if payment.status is PaymentStatus.DUE:
        return Action.VOID, replace(payment, status=PaymentStatus.VOID)
    return Action.KEPT, replace(payment, status=PaymentStatus.KEPT)


def settled(payment: Payment | None, *, not_received: bool) -> tuple[Action, Payment]:
    """What was owed back was given back, or had never come. Raises RefundNotDue."""
    if payment is None or payment.status is not PaymentStatus.REFUND_DUE:
        raise RefundNotDue("nothing is owed back")
    if not_received:
        return Action.NOT_RECEIVED, replace(payment, status=PaymentStatus.VOID)
    return Action.REFUNDED, replace(payment, status=PaymentStatus.REFUNDED)
