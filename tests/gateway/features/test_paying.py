"""A player pays: coupons by buttons, the receipt as a photo, and a step that ends by itself."""

from typing import Any

import pytest
from fotbot.sessions.v1 import entries_service_pb2 as wire
from fotbot.sessions.v1 import league_service_pb2 as league
from fotbot.sessions.v1 import payment_pb2 as money
from fotbot.sessions.v1 import sessions_service_pb2 as sessions
from fotbot.sessions.v1.sessions_service_pb2 import SessionView
from fotbot.users.v1 import users_service_pb2 as people
from fotbot.users.v1.user_pb2 import Person

from services.chassis.errors import Kind, RemoteRefusal
from services.gateway.answers import Answer
from services.gateway.conversations import ENDED, Conversation
from services.gateway.features.feature import Contact, Said
from services.gateway.features.menu.handlers import unknown
from services.gateway.features.paying import handlers, stray
from services.gateway.features.paying.callbacks import OpenPaying, PayWithCoupons, ReceiptFor
from services.gateway.features.paying.router import FEATURE
from services.gateway.rendering import faults
from tests.fakes.asking import Desk
from tests.fakes.evenings import evening, seen
from tests.fakes.standings import CAPTAIN, entered, in_team, to_pay

WAITING = Conversation(name="paying", step="receipt", data={"session": "12"})
WHICH = Conversation(name="paying", step="which", data={"photo": "photo-1"})
SHOWN = to_pay(status=money.PAYMENT_STATUS_SUBMITTED)
COVERED = to_pay(0, 1, money.PAYMENT_STATUS_CONFIRMED)
CARD = league.PaymentDetails(payee="Sardor Aliyev", requisites="8600 1234\n5678 <9012>")


def desk(view: SessionView, details: league.PaymentDetails | None = None, usable: int = 0) -> Desk:
    """Where `view` is what GetSession tells."""
    made = Desk()
    made.sessions.answers["GetSession"] = sessions.GetSessionResponse(session=view)
    made.league.answers["GetPaymentDetails"] = league.GetPaymentDetailsResponse(
        details=CARD if details is None else details
    )
    made.entries.answers["CountCoupons"] = wire.CountCouponsResponse(usable=usable)
    organiser = Person(id=99, name="Sardor")
    made.users.answers["ListPeople"] = people.ListPeopleResponse(people=[organiser])
    return made


async def bill(made: Desk, **person: Any) -> Answer:
    return await handlers.opened(made.call(**person), OpenPaying(session_id=12))


def text(answer: Answer) -> str:
    assert answer.screen
    return answer.screen.text


def labels(answer: Answer) -> list[str]:
    assert answer.screen
    return [button.text for row in answer.screen.buttons for button in row]


async def test_a_bill_tells_how_much_to_whom_and_awaits_the_photo() -> None:
    answer = await bill(desk(entered(payment=to_pay())))
    assert "💳 To pay: <b>40\u00a0000\u00a0UZS</b>" in text(answer)
    assert "➡️ To: <b>Sardor Aliyev</b>\n<code>8600 1234\n5678 &lt;9012&gt;</code>" in text(answer)
    assert "send a photo of the receipt here" in text(answer)
    assert answer.conversation == WAITING
    assert labels(answer) == ["« To the session", "✖️ Cancel"]


async def test_where_no_details_are_set_it_is_told_whom_to_ask() -> None:
    answer = await bill(desk(entered(payment=to_pay()), league.PaymentDetails()))
    assert "Where to pay is not set yet. Ask the organiser: <b>Sardor</b>." in text(answer)


async def test_an_organiser_whom_nobody_knows_is_called_somehow() -> None:
    made = desk(entered(payment=to_pay()), league.PaymentDetails())
    made.users.answers["ListPeople"] = people.ListPeopleResponse()
    assert "<b>Player</b>" in text(await bill(made))


async def test_a_captain_pays_for_all_of_his_players() -> None:
    answer = await bill(desk(in_team(payment=to_pay(200_000, 2)), usable=3))
    assert "200\u00a0000\u00a0UZS</b>\n👥 for 7 players\n🎟 2 coupons" in text(answer)
    assert labels(answer)[:4] == ["🎟 0", "🎟 1", "✅ 2", "🎟 3"]


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("uz", "🎟 2 ta kupon ishlatish mumkin"),
        ("ru", "🎟 Доступно 2 купона"),
        ("en", "🎟 You can use 2 coupons"),
    ],
)
async def test_coupons_are_counted_in_the_readers_plural(language: str, told: str) -> None:
    answer = await bill(desk(in_team(payment=to_pay()), usable=2), language=language)
    assert told in text(answer)


@pytest.mark.parametrize(
    "view",
    [
        seen(),
        entered(),
        entered(payment=COVERED),
        in_team(registered_by=CAPTAIN, payment=to_pay()),
    ],
)
async def test_where_nothing_is_to_be_paid_no_photo_is_awaited(view: SessionView) -> None:
    answer = await bill(desk(view))
    assert text(answer).startswith("There is nothing to pay now.\n\n")
    assert answer.conversation is ENDED


async def test_coupons_are_used_by_number_and_the_rest_is_billed() -> None:
    made = desk(entered(), usable=2)
    paid = in_team(payment=to_pay(240_000, 1))
    made.entries.answers["UseCoupons"] = wire.UseCouponsResponse(session=paid)
    answer = await handlers.used_coupons(made.call(), PayWithCoupons(session_id=12, count=1))
    write = made.call().write(0)
    assert made.entries.requests[0] == wire.UseCouponsRequest(write=write, session_id=12, count=1)
    assert "240\u00a0000" in text(answer) and "✅ 1" in labels(answer)
    assert answer.conversation == WAITING


async def test_coupons_that_cover_all_end_the_waiting_for_a_photo() -> None:
    made = desk(entered())
    covered = entered(payment=COVERED)
    made.entries.answers["UseCoupons"] = wire.UseCouponsResponse(session=covered)
    data = PayWithCoupons(session_id=12, count=1)
    answer = await handlers.used_coupons(made.call(WAITING), data)
    assert answer.toast == "🎟 Covered by coupon. There is nothing to pay!"
    assert "🎟 Paid by coupon" in text(answer)
    assert answer.conversation is ENDED


async def test_coupons_that_are_gone_are_told_and_counted_again() -> None:
    made = desk(in_team(payment=to_pay()), usable=1)
    made.entries.answers["UseCoupons"] = RemoteRefusal(Kind.CONFLICT, "COUPONS_TOO_FEW", {})
    data = PayWithCoupons(session_id=12, count=3)
    answer = await handlers.used_coupons(made.call(), data)
    assert text(answer).startswith("⚠️ There are not that many coupons.")
    assert labels(answer)[:2] == ["✅ 0", "🎟 1"]


async def test_the_photo_is_shown_to_the_organiser_and_the_step_ends() -> None:
    made = desk(entered(payment=to_pay()))
    made.entries.answers["SubmitReceipt"] = wire.SubmitReceiptResponse(
        session=entered(payment=SHOWN)
    )
    answer = await handlers.received(made.call(WAITING), Said(photo="photo-1"))
    assert made.entries.requests == [
        wire.SubmitReceiptRequest(write=made.call().write(0), session_id=12, file_id="photo-1")
    ]
    assert "Got the receipt" in text(answer) and "🧾 Receipt sent" in text(answer)
    assert labels(answer)[0] == "🧾 Replace the receipt"
    assert answer.conversation is ENDED


async def test_a_receipt_can_be_replaced() -> None:
    answer = await bill(desk(entered(payment=SHOWN), usable=1))
    assert "To replace it, send another photo" in text(answer)
    assert answer.conversation == WAITING


async def test_once_a_receipt_is_shown_the_amount_does_not_change_any_more() -> None:
    answer = await bill(desk(entered(payment=SHOWN), usable=1))
    assert "🎟" not in text(answer)
    assert labels(answer) == ["« To the session", "✖️ Cancel"]


@pytest.mark.parametrize(
    "said", [Said(text="I have paid"), Said(), Said(contact=Contact(phone="1", telegram_id=None))]
)
async def test_anything_but_a_photo_is_asked_again(said: Said) -> None:
    answer = await handlers.received(desk(entered(payment=to_pay())).call(WAITING), said)
    assert text(answer).startswith("⚠️ A photo of the receipt is due here.")
    assert answer.conversation == WAITING


async def test_words_do_not_keep_a_step_alive_that_has_nothing_to_wait_for() -> None:
    answer = await handlers.received(desk(entered(payment=COVERED)).call(WAITING), Said(text="hi"))
    assert text(answer).startswith("There is nothing to pay now.")
    assert answer.conversation is ENDED


@pytest.mark.parametrize("reason", ["PAYMENT_NOT_DUE", "NO_ENTRY", "CAPTAINS_BUSINESS"])
async def test_a_photo_for_what_is_not_due_any_more_ends_the_step(reason: str) -> None:
    made = desk(seen())
    made.entries.answers["SubmitReceipt"] = RemoteRefusal(Kind.CONFLICT, reason, {})
    answer = await handlers.received(made.call(WAITING), Said(photo="photo-1"))
    assert made.call().texts.refusal(reason) in text(answer)
    assert answer.conversation is ENDED


async def test_a_session_that_is_gone_ends_the_step() -> None:
    made = desk(seen())
    refusal = RemoteRefusal(Kind.NOT_FOUND, "SESSION_NOT_FOUND", {})
    made.entries.answers["SubmitReceipt"] = refusal
    step = FEATURE.steps["paying.receipt"]
    answer = await step(made.call(WAITING), Said(photo="photo-1"))
    assert answer.conversation is ENDED


def mine(*views: SessionView) -> Desk:
    made = Desk()
    made.sessions.answers["ListMySessions"] = sessions.ListMySessionsResponse(sessions=views)
    return made


async def test_a_photo_out_of_nowhere_is_asked_for_its_session() -> None:
    made = mine(entered(payment=to_pay()), entered(evening(13), payment=COVERED))
    answer = await unknown(made.call(), Said(photo="photo-1"))
    assert "Which session did you pay for?" in text(answer)
    assert labels(answer) == ["Wed, 25 Nov 20:00 · Chilonzor Arena", "✖️ Cancel"]
    assert answer.conversation == WHICH


async def test_a_photo_out_of_nowhere_of_who_owes_nothing_is_just_a_photo() -> None:
    answer = await unknown(mine(entered(payment=COVERED)).call(), Said(photo="photo-1"))
    assert "I did not get that" in text(answer)
    assert answer.conversation is None


async def test_a_photo_becomes_the_receipt_of_the_session_pressed() -> None:
    made = desk(entered())
    made.entries.answers["SubmitReceipt"] = wire.SubmitReceiptResponse(
        session=entered(payment=SHOWN)
    )
    answer = await stray.chosen(made.call(WHICH), ReceiptFor(session_id=12))
    [request] = made.entries.requests
    assert isinstance(request, wire.SubmitReceiptRequest) and request.file_id == "photo-1"
    assert answer.conversation is ENDED


@pytest.mark.parametrize("conversation", [None, WAITING])
async def test_without_a_photo_the_button_is_out_of_date(
    conversation: Conversation | None,
) -> None:
    answer = await stray.chosen(Desk().call(conversation), ReceiptFor(session_id=12))
    assert answer.toast == "This button is out of date. Open it again from the menu."


async def test_a_second_photo_takes_the_place_of_the_first_and_words_ask_again() -> None:
    made = mine(entered(payment=to_pay()))
    again = await stray.said(made.call(WHICH), Said(photo="photo-2"))
    assert again.conversation == Conversation(
        name="paying", step="which", data={"photo": "photo-2"}
    )
    words = await stray.said(made.call(WHICH), Said(text="tomorrow's"))
    assert words.conversation == WHICH


async def test_where_nothing_is_due_any_more_the_question_ends() -> None:
    answer = await stray.said(mine().call(WHICH), Said(text="hm"))
    assert text(answer) == "There is nothing to pay now."
    assert answer.conversation is ENDED


@pytest.mark.parametrize("language", ["uz", "ru", "en"])
async def test_the_longest_bill_fits_into_a_message(language: str) -> None:
    details = league.PaymentDetails(payee="🏟" * 64, requisites="&" * 300)
    view = in_team(payment=to_pay(150_000_000, 14), places=15)
    answer = await bill(desk(view, details, usable=15), language=language)
    assert faults(answer) == []
    assert len([label for label in labels(answer) if label.startswith(("🎟", "✅"))]) == 16
