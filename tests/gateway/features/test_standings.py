"""Every state of an entry and of its payment, as the card says it."""

from datetime import timedelta

import pytest
from fotbot.sessions.v1 import payment_pb2 as money
from fotbot.sessions.v1 import session_pb2 as states
from fotbot.sessions.v1 import sessions_service_pb2 as sessions
from fotbot.sessions.v1.sessions_service_pb2 import SessionView
from fotbot.users.v1 import users_service_pb2 as people
from fotbot.users.v1.user_pb2 import Person

from services.chassis.errors import Kind, RemoteRefusal
from services.gateway.answers import Answer, Screen
from services.gateway.calls import Role, UserId
from services.gateway.features.ids import carrying
from services.gateway.features.my_sessions.screens import mine
from services.gateway.features.sessions import handlers, screens
from services.gateway.features.sessions.callbacks import JoinSession, OpenSession
from services.gateway.features.sessions.card import card, present
from services.gateway.rendering import faults
from services.gateway.texts import texts_for
from tests.fakes.asking import NOW, Desk
from tests.fakes.evenings import evening, seen
from tests.fakes.standings import CAPTAIN, ME, SQUAD, entered, in_team, to_pay

PENDING = states.REGISTRATION_STATUS_PENDING
WAITING = states.REGISTRATION_STATUS_WAITLISTED
REJECTED = states.REGISTRATION_STATUS_REJECTED
GONE = states.REGISTRATION_STATUS_CANCELLED
FORTY = "40\u00a0000\u00a0UZS"


def shown(view: SessionView, language: str = "en") -> Screen:
    return card(view, Desk().call(language=language))


def labels(screen: Screen) -> list[str]:
    return [button.text for row in screen.buttons for button in row]


@pytest.mark.parametrize(
    ("view", "told", "first"),
    [
        (entered(), "You are in, place 3", "🚪 Leave"),
        (entered(status=PENDING), "Place 3 is held for you", "🚪 Leave"),
        (entered(status=WAITING), "You are number 3 in the queue", "🚪 Leave the queue"),
        (entered(status=REJECTED), "The organiser turned your entry down", "✅ Join"),
        (in_team(), "Your team is in, 7 places", "🚪 Take my team off"),
        (in_team(status=PENDING), "7 places are held for your team", "🚪 Take my team off"),
        (in_team(status=WAITING), "Your team is number 3 in the queue", "🚪 Leave the queue"),
        (in_team(status=REJECTED), "The organiser turned your team down", "✅ Join"),
    ],
)
def test_a_card_tells_the_entrys_state_and_offers_what_fits(
    view: SessionView, told: str, first: str
) -> None:
    screen = shown(view)
    assert told in screen.text
    assert labels(screen)[0] == first


def test_who_was_turned_down_reads_why() -> None:
    screen = shown(entered(status=REJECTED, reason="Bring <i>boots</i>"))
    assert "Reason: Bring &lt;i&gt;boots&lt;/i&gt;" in screen.text


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (money.PAYMENT_STATUS_DUE, f"💳 To pay: <b>{FORTY}</b>"),
        (money.PAYMENT_STATUS_SUBMITTED, f"🧾 Receipt sent: {FORTY}"),
        (money.PAYMENT_STATUS_CONFIRMED, f"💚 Paid: {FORTY}"),
        (money.PAYMENT_STATUS_REFUND_DUE, f"↩️ To be given back to you: {FORTY}"),
        (money.PAYMENT_STATUS_REFUNDED, f"↩️ Given back to you: {FORTY}"),
        (money.PAYMENT_STATUS_KEPT, f"🔒 You left late: {FORTY} does not come back"),
    ],
)
def test_a_card_tells_where_the_payment_stands(
    status: money.PaymentStatus.ValueType, told: str
) -> None:
    assert told in shown(entered(payment=to_pay(status=status))).text


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (money.PAYMENT_STATUS_CONFIRMED, "🎟 Paid by coupon"),
        (money.PAYMENT_STATUS_KEPT, "the coupon does not come back"),
    ],
)
def test_where_coupons_covered_all_no_money_is_spoken_of(
    status: money.PaymentStatus.ValueType, told: str
) -> None:
    text = shown(entered(payment=to_pay(0, 1, status))).text
    assert told in text and "💳" not in text


def test_coupons_beside_money_are_counted() -> None:
    text = shown(in_team(payment=to_pay(200_000, 2))).text
    assert "To pay: <b>200\u00a0000\u00a0UZS</b> · 🎟 2 coupons" in text


@pytest.mark.parametrize("status", [money.PAYMENT_STATUS_VOID, money.PAYMENT_STATUS_UNSPECIFIED])
def test_a_payment_that_came_to_nothing_is_not_spoken_of(
    status: money.PaymentStatus.ValueType,
) -> None:
    assert shown(entered(payment=to_pay(status=status))).text == shown(entered()).text


@pytest.mark.parametrize(
    ("view", "offer"),
    [
        (entered(payment=to_pay()), "💳 Pay"),
        (entered(status=PENDING, payment=to_pay()), "💳 Pay"),
        (entered(evening(starts=NOW - timedelta(days=1)), payment=to_pay()), "💳 Pay"),
        (
            entered(payment=to_pay(status=money.PAYMENT_STATUS_SUBMITTED)),
            "🧾 Replace the receipt",
        ),
    ],
)
def test_what_is_to_be_paid_can_be_paid(view: SessionView, offer: str) -> None:
    assert labels(shown(view))[0] == offer


@pytest.mark.parametrize(
    "view",
    [
        entered(payment=to_pay(status=money.PAYMENT_STATUS_CONFIRMED)),
        entered(status=GONE, payment=to_pay(status=money.PAYMENT_STATUS_REFUND_DUE)),
        entered(evening(status=states.SESSION_STATUS_CANCELLED), payment=to_pay()),
        in_team(registered_by=CAPTAIN, payment=to_pay()),
    ],
)
def test_nobody_is_asked_for_money_he_does_not_owe(view: SessionView) -> None:
    assert not {"💳 Pay", "🧾 Replace the receipt"} & set(labels(shown(view)))


async def test_a_teams_player_reads_who_signed_him_up_and_leaves_the_rest_to_him() -> None:
    desk = Desk()
    known = [Person(id=CAPTAIN, name="Vali <3")]
    desk.users.answers["ListPeople"] = people.ListPeopleResponse(people=known)
    view = in_team(registered_by=CAPTAIN, payment=to_pay())
    screen = await present(desk.call(), view)
    assert "🅒 Your captain Vali &lt;3 signed you up" in screen.text
    assert "To pay" not in screen.text
    assert labels(screen) == ["« List", "🔄 Refresh", "📤 Share"]


async def test_whose_team_has_brought_him_meanwhile_sees_that() -> None:
    desk = Desk()
    refusal = RemoteRefusal(Kind.CONFLICT, "PLAYER_ALREADY_IN", {"user_id": "7"})
    desk.sessions.answers["Register"] = refusal
    view = in_team(registered_by=CAPTAIN)
    desk.sessions.answers["GetSession"] = sessions.GetSessionResponse(session=view)
    desk.users.answers["ListPeople"] = people.ListPeopleResponse()
    answer = await handlers.joined(desk.call(), JoinSession(session_id=12))
    assert answer.toast == "You are in this session already"
    assert answer.screen and "🅒 Your captain Player signed you up" in answer.screen.text


async def test_a_card_of_ones_own_asks_nobody_for_names() -> None:
    desk = Desk()
    await present(desk.call(), in_team())
    assert desk.users.requests == []


def test_a_whole_team_is_offered_where_a_squad_fits() -> None:
    assert "👥 With my team" in labels(shown(seen(evening(squad_size=SQUAD))))
    assert "👥 With my team" in labels(shown(seen(evening(squad_size=SQUAD, taken=12))))
    too_small = evening(squad_size=SQUAD, capacity=6)
    assert "👥 With my team" not in labels(shown(seen(too_small)))


def test_who_must_be_confirmed_knows_it_beforehand() -> None:
    assert "The organiser confirms every entry" in shown(seen(evening(needs_approval=True))).text


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (states.SESSION_STATUS_STARTED, "🔔 Already started"),
        (states.SESSION_STATUS_FINISHED, "🏁 This session is over"),
    ],
)
def test_a_played_session_leads_to_its_evening(
    status: states.SessionStatus.ValueType, told: str
) -> None:
    screen = shown(entered(evening(status=status)))
    assert told in screen.text
    assert labels(screen) == ["📊 Table and matches", "« List", "🔄 Refresh"]


def test_a_cancelled_session_tells_what_comes_back() -> None:
    session = evening(status=states.SESSION_STATUS_CANCELLED)
    refund = to_pay(status=money.PAYMENT_STATUS_REFUND_DUE)
    text = shown(entered(session, status=GONE, payment=refund)).text
    assert "This session is cancelled" in text
    assert f"To be given back to you: {FORTY}" in text


@pytest.mark.parametrize("status", [1, 2, 3, 4])
def test_who_runs_a_session_gets_to_its_organising_in_any_state(status: int) -> None:
    call = Desk().call(role=Role.ORGANISER, user_id=UserId(99))
    assert labels(card(seen(evening(status=status)), call))[-1] == "🗂 Run it"
    assert "🗂 Run it" not in labels(shown(seen(evening(status=status))))


@pytest.mark.parametrize(
    ("view", "told"),
    [
        (entered(payment=to_pay()), "✅ place 3 · 💳 to pay"),
        (entered(status=PENDING), "🕓 to be confirmed"),
        (in_team(), "✅ with the team"),
        (in_team(status=WAITING), "⏳ queue 3"),
    ],
)
def test_a_row_tells_the_state_in_short(view: SessionView, told: str) -> None:
    assert screens.row(view, texts_for("en")).endswith(told)


@pytest.mark.parametrize(
    ("language", "places", "told"),
    [
        ("uz", 7, "Jamoangiz o'yinda, 7 ta joy"),
        ("ru", 4, "Ваша команда в игре, 4 места"),
        ("ru", 7, "Ваша команда в игре, 7 мест"),
        ("en", 7, "Your team is in, 7 places"),
    ],
)
def test_places_are_counted_in_the_readers_plural(language: str, places: int, told: str) -> None:
    assert told in shown(in_team(places=places), language).text


@pytest.mark.parametrize("language", ["uz", "ru", "en"])
def test_the_longest_card_fits_into_a_message(language: str) -> None:
    payment = to_pay(150_000_000, 14, money.PAYMENT_STATUS_REFUND_DUE)
    view = in_team(status=REJECTED, reason="🏟" * 300, payment=payment)
    assert faults(Answer(screen=shown(view, language))) == []
    assert view.registration.user_id == ME


def test_my_sessions_tell_the_coming_ones_and_then_the_last_ones() -> None:
    over = entered(evening(11, status=states.SESSION_STATUS_FINISHED), payment=to_pay())
    screen = mine([entered(evening(12))], [over], texts_for("en"))
    coming, last = screen.text.split("🏁 <b>The last ones</b>")
    assert "✅ place 3" in coming
    assert "🏁 This session is over · 💳 to pay" in last
    opened = [row[0].data for row in screen.buttons]
    assert opened == [carrying(OpenSession, 12), carrying(OpenSession, 11)]


def test_who_is_in_none_is_offered_the_list_and_keeps_his_last_ones() -> None:
    over = entered(evening(11, status=states.SESSION_STATUS_STARTED))
    screen = mine([], [over], texts_for("en"))
    assert screen.text.startswith("📅 You have not joined any session yet.")
    assert "🔔 Already started" in screen.text
    assert labels(screen) == ["⚽ Find a session", "Wed, 25 Nov 20:00 · Chilonzor Arena"]


@pytest.mark.parametrize("language", ["uz", "ru", "en"])
def test_the_longest_list_of_my_sessions_fits_into_a_message(language: str) -> None:
    arena = states.Venue(id=3, name="🏟" * 64, time_zone="Asia/Tashkent")
    view = in_team(evening(2**63 - 1, venue=arena, price=10_000_000), payment=to_pay())
    screen = mine([view] * 10, [view] * 5, texts_for(language))
    assert faults(Answer(screen=screen)) == []
