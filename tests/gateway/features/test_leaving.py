"""Leaving when something was given for the place: what comes back is said before."""

from datetime import timedelta

import pytest
from fotbot.sessions.v1 import payment_pb2 as money
from fotbot.sessions.v1 import session_pb2 as states
from fotbot.sessions.v1 import sessions_service_pb2 as wire

from services.gateway.answers import Answer
from services.gateway.features.sessions import handlers
from services.gateway.features.sessions.callbacks import (
    ConfirmLeaving,
    LeaveSession,
    OpenSession,
)
from tests.fakes.asking import NOW, Desk
from tests.fakes.evenings import seen
from tests.fakes.standings import CAPTAIN, entered, in_team, to_pay

PAID = to_pay(status=money.PAYMENT_STATUS_CONFIRMED)
SHOWN = to_pay(status=money.PAYMENT_STATUS_SUBMITTED)
COUPON = to_pay(0, 1, money.PAYMENT_STATUS_CONFIRMED)
LATE = NOW - timedelta(minutes=1)


async def leave(desk: Desk, view: wire.SessionView) -> Answer:
    desk.sessions.answers["GetSession"] = wire.GetSessionResponse(session=view)
    desk.sessions.answers["Leave"] = wire.LeaveResponse(session=seen())
    return await handlers.left(desk.call(), LeaveSession(session_id=12))


@pytest.mark.parametrize(
    ("view", "told"),
    [
        (entered(payment=PAID), "You get back: <b>40\u00a0000\u00a0UZS</b>"),
        (entered(payment=SHOWN), "You get back: <b>40\u00a0000\u00a0UZS</b>"),
        (entered(payment=COUPON), "You get back: <b>🎟 1 coupon</b>"),
        (
            in_team(payment=to_pay(200_000, 2, money.PAYMENT_STATUS_CONFIRMED)),
            "You get back: <b>200\u00a0000\u00a0UZS + 🎟 2 coupons</b>",
        ),
    ],
)
async def test_early_it_is_told_what_comes_back_and_until_when(
    view: wire.SessionView, told: str
) -> None:
    desk = Desk()
    answer = await leave(desk, view)
    assert answer.screen and told in answer.screen.text
    assert "until 24 November, 16:00" in answer.screen.text
    assert answer.screen.buttons[0][0].data == ConfirmLeaving(session_id=12, back=True)
    assert answer.screen.buttons[1][0].data == OpenSession(session_id=12)
    assert desk.writes == 0


async def test_late_it_is_told_what_does_not_come_back() -> None:
    desk = Desk()
    answer = await leave(desk, entered(payment=PAID, refund_until=LATE))
    assert answer.screen
    assert "You do not get back: <b>40\u00a0000\u00a0UZS</b>" in answer.screen.text
    assert "That was possible until 24 November, 13:59" in answer.screen.text
    assert answer.screen.buttons[0][0].data == ConfirmLeaving(session_id=12, back=False)
    assert desk.writes == 0


async def test_a_whole_team_is_not_taken_off_with_one_tap() -> None:
    desk = Desk()
    answer = await leave(desk, in_team())
    assert answer.screen and "7 places go to others" in answer.screen.text
    assert "get back" not in answer.screen.text
    assert desk.writes == 0


@pytest.mark.parametrize(
    "view",
    [
        entered(),
        entered(payment=to_pay()),
        entered(status=states.REGISTRATION_STATUS_WAITLISTED),
        entered(status=states.REGISTRATION_STATUS_CANCELLED, payment=PAID),
        in_team(registered_by=CAPTAIN, payment=PAID),
        seen(),
    ],
)
async def test_where_nothing_is_at_stake_one_tap_is_enough(view: wire.SessionView) -> None:
    desk = Desk()
    answer = await leave(desk, view)
    assert answer.toast == "You are out. See you next time! 👋"
    assert isinstance(desk.sessions.requests[-1], wire.LeaveRequest)


async def confirm(desk: Desk, view: wire.SessionView, *, back: bool) -> Answer:
    desk.sessions.answers["GetSession"] = wire.GetSessionResponse(session=view)
    desk.sessions.answers["Leave"] = wire.LeaveResponse(session=seen())
    return await handlers.left_knowingly(desk.call(), ConfirmLeaving(session_id=12, back=back))


@pytest.mark.parametrize("back", [True, False])
async def test_whoever_knows_it_leaves(back: bool) -> None:
    desk = Desk()
    until = NOW + timedelta(hours=2) if back else LATE
    answer = await confirm(desk, entered(payment=PAID, refund_until=until), back=back)
    assert answer.toast == "You are out. See you next time! 👋"
    assert desk.sessions.requests[-1] == wire.LeaveRequest(
        write=desk.call().write(0), session_id=12
    )


async def test_a_promise_that_time_has_broken_is_not_taken_for_consent() -> None:
    desk = Desk()
    answer = await confirm(desk, entered(payment=PAID, refund_until=LATE), back=True)
    assert answer.screen and "You do not get back" in answer.screen.text
    assert desk.writes == 0


async def test_the_card_then_tells_where_the_money_is() -> None:
    desk = Desk()
    left = entered(
        status=states.REGISTRATION_STATUS_CANCELLED,
        payment=to_pay(status=money.PAYMENT_STATUS_REFUND_DUE),
    )
    desk.sessions.answers["GetSession"] = wire.GetSessionResponse(session=entered(payment=PAID))
    desk.sessions.answers["Leave"] = wire.LeaveResponse(session=left)
    data = ConfirmLeaving(session_id=12, back=True)
    answer = await handlers.left_knowingly(desk.call(), data)
    assert answer.screen and "↩️ To be given back to you" in answer.screen.text
    assert answer.screen.buttons[0][0].text == "✅ Join"
