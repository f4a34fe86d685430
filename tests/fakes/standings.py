"""Entries of a player as the wire carries them: of all states, kinds and payments."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from fotbot.sessions.v1.payment_pb2 import PAYMENT_STATUS_DUE, Payment, PaymentStatus
from fotbot.sessions.v1.session_pb2 import (
    REGISTRATION_KIND_INDIVIDUAL,
    REGISTRATION_KIND_TEAM,
    REGISTRATION_STATUS_CONFIRMED,
    Registration,
    Session,
)
from fotbot.sessions.v1.sessions_service_pb2 import SessionView

from tests.fakes.asking import NOW
from tests.fakes.evenings import evening, stamp

ME, CAPTAIN = 7, 8
SQUAD = 7


def entered(session: Session | None = None, **changed: Any) -> SessionView:
    """Person 7 alone in place 3 of tomorrow's session, from which money comes back until two
    hours from now."""
    session = session or evening()
    until = changed.pop("refund_until", NOW + timedelta(hours=2))
    known: dict[str, Any] = {
        "session_id": session.id,
        "user_id": ME,
        "status": REGISTRATION_STATUS_CONFIRMED,
        "position": 3,
        "entry_id": 31,
        "kind": REGISTRATION_KIND_INDIVIDUAL,
        "places": 1,
        "registered_by": ME,
    }
    entry = Registration(**{**known, **changed})
    return SessionView(session=session, registration=entry, refund_until=stamp(until))


def in_team(session: Session | None = None, **changed: Any) -> SessionView:
    """A team of seven that person 7 has registered."""
    known = {"kind": REGISTRATION_KIND_TEAM, "team_id": 5, "places": SQUAD}
    return entered(session, **{**known, **changed})


def to_pay(
    amount: int = 40_000, coupons: int = 0, status: PaymentStatus.ValueType = PAYMENT_STATUS_DUE
) -> Payment:
    return Payment(amount=amount, coupons=coupons, status=status)
