"""The bill: how much, to whom, coupons; and for which session a photo is the receipt."""

from collections.abc import Sequence
from dataclasses import dataclass

from fotbot.sessions.v1.league_service_pb2 import PaymentDetails
from fotbot.sessions.v1.sessions_service_pb2 import SessionView

from services.gateway.answers import Button, Screen
from services.gateway.features.cancel.callbacks import LeaveConversation
from services.gateway.features.paying.callbacks import MOST_COUPONS, PayWithCoupons, ReceiptFor
from services.gateway.features.sessions import payments, views
from services.gateway.features.sessions.callbacks import OpenSession
from services.gateway.features.sessions.card import facts
from services.gateway.texts import Html, Texts, typed_at_length

ACROSS = 4
"""Coupon buttons side by side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """What paying for an entry takes."""

    view: SessionView
    details: PaymentDetails
    usable: int
    """Coupons, those used already counted in."""

    organiser: str
    """Whom to ask where nothing is set; empty otherwise."""

    @property
    def is_due(self) -> bool:
        """No receipt was shown yet."""
        return payments.is_due(self.view.registration.payment)

    @property
    def takes_coupons(self) -> bool:
        """A receipt is for an amount, so coupons are used before it is shown."""
        return self.is_due and self.usable > 0


def bill(bill: Bill, texts: Texts, problem: Html) -> Screen:
    session_id = bill.view.session.id
    blocks = [
        f"⚠️ {problem}" if problem else "",
        facts(bill.view.session, texts),
        _amount(bill, texts),
        _to_whom(bill, texts),
        texts.plural("pay.coupons", bill.usable) if bill.takes_coupons else "",
        texts("pay.photo") if bill.is_due else texts("pay.photo_again"),
    ]
    back = Button(text=texts.plain("pay.back"), data=OpenSession(session_id=session_id))
    out = Button(text=texts.plain("cancel.button"), data=LeaveConversation())
    return Screen(
        text="\n\n".join(filter(None, blocks)), buttons=(*_coupons(bill, texts), (back, out))
    )


def which(due: Sequence[SessionView], texts: Texts) -> Screen:
    rows = [
        (
            Button(
                text=texts.plain(
                    "row.button",
                    when=views.day_and_hour(view.session, texts.language),
                    venue=view.session.venue.name,
                ),
                data=ReceiptFor(session_id=view.session.id),
            ),
        )
        for view in due
    ]
    out = Button(text=texts.plain("cancel.button"), data=LeaveConversation())
    return Screen(text=texts("pay.which"), buttons=(*rows, (out,)))


def _amount(bill: Bill, texts: Texts) -> str:
    """What is to be paid, and how it comes about where that is not plain."""
    entry = bill.view.registration
    amount = texts("pay.amount", amount=views.price(entry.payment.amount, texts))
    lines: list[str] = [amount]
    if views.is_teams(entry):
        lines.append(texts.plural("pay.for_players", entry.places))
    if entry.payment.coupons:
        lines.append(texts.plural("payment.coupons", entry.payment.coupons))
    return "\n".join(lines)


def _to_whom(bill: Bill, texts: Texts) -> str:
    details = bill.details
    if not details.requisites:
        return texts("pay.ask", organiser=bill.organiser)
    requisites = typed_at_length(details.requisites)
    if not details.payee:
        return texts("pay.to", requisites=requisites)
    return texts("pay.to_payee", payee=details.payee, requisites=requisites)


def _coupons(bill: Bill, texts: Texts) -> tuple[tuple[Button, ...], ...]:
    if not bill.takes_coupons:
        return ()
    used = bill.view.registration.payment.coupons
    session_id = bill.view.session.id
    every = [
        Button(
            text=texts.plain("pay.coupon.used" if count == used else "pay.coupon", count=count),
            data=PayWithCoupons(session_id=session_id, count=count),
        )
        for count in range(min(bill.usable, MOST_COUPONS) + 1)
    ]
    return tuple(tuple(every[n : n + ACROSS]) for n in range(0, len(every), ACROSS))
