"""What a person still hears of an entry that has ended, what leaving would give back, and the
last sessions he was in."""

from __future__ import annotations

from datetime import UTC, timedelta

from fotbot.sessions.v1 import payment_pb2, session_pb2
from fotbot.sessions.v1 import sessions_service_pb2 as messages

from tests.sessions.evening import Evening, at

CANCELLED = session_pb2.REGISTRATION_STATUS_CANCELLED
CONFIRMED = session_pb2.REGISTRATION_STATUS_CONFIRMED
REJECTED = session_pb2.REGISTRATION_STATUS_REJECTED
REFUND_DUE = payment_pb2.PAYMENT_STATUS_REFUND_DUE
REFUNDED = payment_pb2.PAYMENT_STATUS_REFUNDED


async def test_who_was_turned_down_is_told_why_until_he_registers_anew(evening: Evening) -> None:
    session = await evening.open()
    entry = (await evening.register(1, session.id)).session.registration
    await evening.reject(entry.entry_id, "No studs, please")
    told = (await evening.card(session.id, 1)).registration
    assert (told.status, told.position, told.reason) == (REJECTED, 0, "No studs, please")
    assert not (await evening.card(session.id, 2)).HasField("registration")
    await evening.register(1, session.id)
    anew = (await evening.card(session.id, 1)).registration
    assert (anew.status, anew.reason) == (CONFIRMED, "")


async def test_who_leaves_hears_of_his_money_until_it_is_back_and_after(evening: Evening) -> None:
    session = await evening.open()
    await evening.register(1, session.id)
    entry = await evening.show_receipt(1, session.id)
    left = (await evening.leave(1, session.id)).session.registration
    assert (left.status, left.payment.status, left.payment.amount) == (
        CANCELLED,
        REFUND_DUE,
        30_000,
    )
    assert (await evening.card(session.id, 1)).registration == left
    await evening.settle(entry.entry_id)
    told = (await evening.card(session.id, 1)).registration
    assert told.payment.status == REFUNDED


async def test_who_left_without_having_paid_is_told_nothing(evening: Evening) -> None:
    session = await evening.open()
    await evening.register(1, session.id)
    assert not (await evening.leave(1, session.id)).session.HasField("registration")
    assert not (await evening.card(session.id, 1)).HasField("registration")


async def test_a_called_off_session_tells_what_comes_back(evening: Evening) -> None:
    session = await evening.open()
    await evening.register(1, session.id)
    await evening.show_receipt(1, session.id)
    await evening.cancel(session.id)
    told = (await evening.card(session.id, 1)).registration
    assert told.payment.status == REFUND_DUE


async def test_a_card_tells_until_when_leaving_gives_all_back(evening: Evening) -> None:
    session = await evening.open()
    until = (await evening.card(session.id, 1)).refund_until.ToDatetime(tzinfo=UTC)
    assert session.starts_at.ToDatetime(tzinfo=UTC) - until == timedelta(hours=3)


async def test_my_sessions_go_on_with_the_last_ones_the_latest_first(evening: Evening) -> None:
    viewer = 471
    early, late, coming, off, others = [
        await evening.open(starts_at=at(24 + n), ends_at=at(25 + n)) for n in range(5)
    ]
    for session in (early, late, coming, off):
        await evening.register(viewer, session.id)
    await evening.cancel(off.id)
    for session in (early, late, off, others):
        await evening.start(session.id)
    request = messages.ListMySessionsRequest(viewer_id=viewer)
    mine = await evening.stub.ListMySessions(request)
    assert [view.session.id for view in mine.sessions] == [coming.id]
    assert [view.session.id for view in mine.past] == [late.id, early.id]
    assert all(view.registration.status == CONFIRMED for view in mine.past)
