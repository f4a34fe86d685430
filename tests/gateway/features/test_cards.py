"""The list and the card, by plain calls."""

import pytest
from fotbot.sessions.v1.session_pb2 import SESSION_STATUS_CANCELLED, Venue

from services.gateway.answers import Answer, Screen
from services.gateway.calls import Role, UserId
from services.gateway.features.sessions import screens, views
from services.gateway.features.sessions.card import card
from services.gateway.rendering import faults
from services.gateway.texts import texts_for
from tests.fakes.asking import NOW, Desk
from tests.fakes.evenings import evening, seen

EN = texts_for("en")


def labels(screen: Screen) -> list[str]:
    return [button.text for row in screen.buttons for button in row]


def test_a_card_says_where_when_what_and_how_many() -> None:
    assert card(seen(), Desk().call()).text == (
        "🏟 <b>Chilonzor Arena</b>\n"
        "📅 Wednesday, 25 November, 20:00–21:30\n"
        "🏃 6-a-side · 💰 40\u00a0000\u00a0UZS\n\n"
        "▰▰▰▰▰▱▱▱▱▱ 7/12 · 5 free"
    )


def test_a_free_place_can_be_taken() -> None:
    offered = ["✅ Join", "👥 With my team", "« List", "🔄 Refresh", "📤 Share"]
    assert labels(card(seen(), Desk().call())) == offered


def test_who_has_a_place_can_only_leave() -> None:
    screen = card(seen(place=7), Desk().call())
    assert "You are in, place 7" in screen.text
    assert labels(screen)[0] == "🚪 Leave"


def test_who_waits_reads_his_number() -> None:
    screen = card(seen(evening(taken=12, waitlisted=3), queue=3), Desk().call())
    assert "You are number 3 in the queue" in screen.text and "Waiting: 3" in screen.text
    assert labels(screen)[0] == "🚪 Leave the queue"


def test_a_full_session_offers_the_queue() -> None:
    screen = card(seen(evening(taken=12)), Desk().call())
    assert "12/12 · full" in screen.text
    assert labels(screen)[0] == "⏳ Join the queue"


def test_a_cancelled_session_offers_nothing() -> None:
    screen = card(seen(evening(status=SESSION_STATUS_CANCELLED), place=7), Desk().call())
    assert "This session is cancelled" in screen.text and "place 7" not in screen.text
    assert labels(screen) == ["« List", "🔄 Refresh"]


def test_a_session_under_way_offers_nothing() -> None:
    screen = card(seen(evening(starts=NOW)), Desk().call())
    assert "Already started" in screen.text
    assert labels(screen) == ["« List", "🔄 Refresh"]


@pytest.mark.parametrize(
    ("role", "user_id", "edits"),
    [
        (Role.PLAYER, 99, False),
        (Role.ORGANISER, 98, False),
        (Role.ORGANISER, 99, True),
        (Role.ADMIN, 98, True),
    ],
)
def test_who_runs_a_session_may_edit_it(role: Role, user_id: int, edits: bool) -> None:
    screen = card(seen(), Desk().call(role=role, user_id=UserId(user_id)))
    assert ("✏️ Edit" in labels(screen)) is edits


@pytest.mark.parametrize(
    ("taken", "bar"),
    [(0, "▱▱▱▱▱▱▱▱▱▱ 0/100"), (1, "▰▱▱▱▱▱▱▱▱▱ 1/100"), (99, "▰▰▰▰▰▰▰▰▰▱ 99/100")],
)
def test_the_bar_looks_full_or_empty_only_when_it_is(taken: int, bar: str) -> None:
    assert views.bar(taken, 100) == bar


def test_names_with_html_do_not_become_html() -> None:
    arena = Venue(id=1, name="<b>&</b>\u202e", time_zone="Asia/Tashkent")
    view = seen(evening(venue=arena))
    assert "🏟 <b>&lt;b&gt;&amp;&lt;/b&gt;</b>" in card(view, Desk().call()).text
    assert "&lt;b&gt;&amp;" in screens.listing([view], 0, more=False, texts=EN).text


def test_an_empty_list_says_so() -> None:
    assert "Nothing is planned" in screens.listing([], 0, more=False, texts=EN).text


def test_a_row_tells_the_readers_own_place() -> None:
    assert "7/12 · 40\u00a0000\u00a0UZS · ✅ place 7" in screens.row(seen(place=7), EN)
    assert "⏳ queue 2" in screens.row(seen(queue=2), EN)


@pytest.mark.parametrize(
    ("index", "more", "turning"),
    [(0, False, []), (0, True, ["2 »"]), (1, True, ["« 1", "3 »"]), (2, False, ["« 2"])],
)
def test_pages_turn_back_and_forth(index: int, more: bool, turning: list[str]) -> None:
    screen = screens.listing([seen()], index, more=more, texts=EN)
    assert labels(screen)[1:] == turning


@pytest.mark.parametrize("language", ["uz", "ru", "en"])
def test_the_longest_list_fits_into_a_message(language: str) -> None:
    arena = Venue(id=2**63 - 1, name="🏟" * 500, time_zone="Asia/Tashkent")
    views_ = [seen(evening(2**63 - 1, venue=arena, price=10_000_000), place=100)] * 5
    screen = screens.listing(views_, 199, more=True, texts=texts_for(language))
    assert faults(Answer(screen=screen)) == []
