"""A payment's life by property: no sum is lost, no step is taken twice, histories reconcile."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.errors import Refused
from services.sessions.domain import money
from services.sessions.domain.money import Action, Method, Payment, PaymentStatus
from services.sessions.domain.refusals import PaymentNotDue, RefundNotDue

PRICES = st.integers(1, 10_000_000)
SQUADS = st.integers(1, 15)
STATUSES = st.sampled_from(PaymentStatus)
STEPS = st.lists(
    st.sampled_from(["coupons", "show", "confirm", "back", "keep", "settle", "never"]), max_size=12
)
ENDED = frozenset(PaymentStatus) - {
    PaymentStatus.DUE,
    PaymentStatus.SUBMITTED,
    PaymentStatus.CONFIRMED,
}


@given(SQUADS)
def test_where_nothing_costs_nothing_is_owed(players: int) -> None:
    assert money.first_due(0, players) is None


@given(PRICES, SQUADS, st.data())
def test_each_coupon_takes_one_price_off_and_all_of_them_pay(
    price: int, players: int, data: st.DataObject
) -> None:
    due = money.first_due(price, players)
    assert due == Payment(amount=price * players)
    count = data.draw(st.integers(0, players))
    paid = money.with_coupons(due, price, players, count)
    assert paid.amount + price * count == price * players
    assert (paid.status is PaymentStatus.CONFIRMED) is (count == players)
    assert paid.method is (
        Method.MANUAL
        if not count
        else Method.COUPON
        if count == players
        else Method.COUPON_AND_MANUAL
    )


@given(STATUSES)
def test_only_what_is_due_is_paid_and_only_what_is_owed_goes_back(status: PaymentStatus) -> None:
    payment = Payment(amount=10, status=status)
    open_ones = (PaymentStatus.DUE, PaymentStatus.SUBMITTED)
    assert payment.is_open is (status in open_ones)
    if status not in open_ones:
        with pytest.raises(PaymentNotDue):
            money.shown(payment, "photo")
    if status is not PaymentStatus.DUE:
        with pytest.raises(PaymentNotDue):
            money.with_coupons(payment, 10, 1, 1)
    if status is not PaymentStatus.REFUND_DUE:
        with pytest.raises(RefundNotDue):
            money.settled(payment, not_received=False)


@given(PRICES, SQUADS, STEPS, st.integers(0, 15))
def test_whatever_happens_what_came_in_is_kept_or_goes_back(
    price: int, players: int, steps: list[str], coupons: int
) -> None:
    payment = money.first_due(price, players)
    assert payment
    claimed = False
    history = [Action.DUE]
    for step in steps:
        if payment.status in ENDED and step in ("confirm", "back", "keep"):
            continue
        try:
            action, payment = _after(step, payment, price, players, min(coupons, players))
        except Refused:
            continue
        history.append(action)
        claimed = claimed or payment.status is PaymentStatus.SUBMITTED or action is Action.CONFIRMED
        if payment.status not in ENDED:
            assert payment.amount == price * (players - payment.coupons)
        if payment.status in (PaymentStatus.REFUND_DUE, PaymentStatus.REFUNDED):
            assert claimed
            assert payment.amount > 0
            assert payment.coupons == 0
    endings = [action for action in history if action in (Action.REFUND_DUE, Action.KEPT)]
    assert len(endings) <= 1
    if payment.status is PaymentStatus.VOID and claimed:
        assert Action.NOT_RECEIVED in history or payment.amount == 0


def _after(
    step: str, payment: Payment, price: int, players: int, coupons: int
) -> tuple[Action, Payment]:
    if step == "coupons":
        return Action.COUPONS, money.with_coupons(payment, price, players, coupons)
    if step == "show":
        return Action.RECEIPT, money.shown(payment, "photo")
    if step == "confirm":
        return Action.CONFIRMED, money.confirmed(payment)
    if step == "back":
        return money.given_back(payment)
    if step == "keep":
        return money.kept(payment)
    return money.settled(payment, not_received=step == "never")
