"""Who hears of money: the one who registered, and only of what he is to pay or gets back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from services.sessions.domain import notices
from services.sessions.domain.entries import Entry
from services.sessions.domain.money import Payment, PaymentStatus
from services.sessions.domain.values import (
    EntryId,
    EntryStatus,
    Format,
    Session,
    SessionId,
    TeamId,
    UserId,
    Venue,
    VenueId,
)

STARTS = datetime(2026, 11, 25, 15, tzinfo=UTC)
SESSION = Session(
    id=SessionId(1),
    venue=Venue(id=VenueId(1), name="Arena", time_zone="Asia/Tashkent"),
    starts_at=STARTS,
    ends_at=STARTS + timedelta(minutes=90),
    format=Format.FIVE_A_SIDE,
    price=40_000,
    capacity=28,
    organiser_id=UserId(9),
)


def team(status: PaymentStatus | None) -> Entry:
    """A captain's entry, who plays himself with two others."""
    return Entry(
        id=EntryId(5),
        session_id=SESSION.id,
        user_id=UserId(1),
        team_id=TeamId(3),
        players=(UserId(1), UserId(2), UserId(3)),
        status=EntryStatus.CONFIRMED,
        position=1,
        turn=1,
        price=40_000,
        payment=None if status is None else Payment(amount=120_000, status=status),
    )


def amounts(told: list[notices.Notice]) -> dict[int, int]:
    return {notice.user_id: notice.amount for notice in told}


def test_who_gets_a_place_hears_what_is_to_be_paid_if_he_registered() -> None:
    told = notices.promoted(SESSION, [team(PaymentStatus.DUE)])
    assert amounts(told) == {1: 120_000, 2: 0, 3: 0}
    assert amounts(notices.promoted(SESSION, [team(None)])) == {1: 0, 2: 0, 3: 0}


@pytest.mark.parametrize(
    ("status", "back"),
    [
        (PaymentStatus.REFUND_DUE, 120_000),
        (PaymentStatus.VOID, 0),
        (PaymentStatus.KEPT, 0),
        (None, 0),
    ],
)
def test_who_is_turned_down_hears_of_money_only_if_some_comes_back(
    status: PaymentStatus | None, back: int
) -> None:
    assert amounts(notices.rejected(SESSION, team(status))) == {1: back, 2: 0, 3: 0}


def test_a_refund_is_told_to_who_had_paid() -> None:
    assert amounts(notices.refunded(SESSION, team(PaymentStatus.REFUND_DUE))) == {1: 120_000}
