"""Notices as people read them."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiogram.filters.callback_data import CallbackData
from fotbot.sender.v1.notice_pb2 import (
    NOTICE_KIND_ACCOUNT_MOVED,
    NOTICE_KIND_APPROVED,
    NOTICE_KIND_BROADCAST,
    NOTICE_KIND_COUPON_ISSUED,
    NOTICE_KIND_DECISION_DUE,
    NOTICE_KIND_PROMOTED,
    NOTICE_KIND_REFUNDED,
    NOTICE_KIND_REJECTED,
    NOTICE_KIND_REMINDER_DAY,
    NOTICE_KIND_REMINDER_HOURS,
    NOTICE_KIND_SESSION_CANCELLED,
    NOTICE_KIND_SESSION_MOVED,
    NOTICE_KIND_SIDE_FORMED,
    NOTICE_KIND_TEAM_HANDED_OVER,
    NOTICE_KIND_TEAM_JOINED,
    NOTICE_KIND_TEAM_LEFT,
    NOTICE_KIND_TEAM_REMOVED,
    NOTICE_KIND_UNSPECIFIED,
    Notice,
    NoticeFacts,
    NoticeKind,
    NoticeSession,
)

from services.gateway.features.approvals.callbacks import OpenEntry
from services.gateway.features.paying.callbacks import OpenPaying
from services.gateway.features.sessions.callbacks import OpenSession
from services.gateway.features.sides.callbacks import OpenNumbers
from services.gateway.features.teams.callbacks import OpenTeam
from services.gateway.fitting import CAPTION_LIMIT, TEXT_LIMIT, shown_length
from services.gateway.sender.kinds import KINDS as KNOWN
from services.gateway.sender.rendering import is_night, rendered
from tests.gateway.sender.rig import notice

NOON = datetime(2026, 11, 24, 7, tzinfo=UTC)
OF_A_SESSION = (
    NOTICE_KIND_PROMOTED,
    NOTICE_KIND_SESSION_CANCELLED,
    NOTICE_KIND_SESSION_MOVED,
    NOTICE_KIND_APPROVED,
    NOTICE_KIND_REJECTED,
    NOTICE_KIND_REFUNDED,
    NOTICE_KIND_DECISION_DUE,
    NOTICE_KIND_REMINDER_DAY,
    NOTICE_KIND_REMINDER_HOURS,
    NOTICE_KIND_COUPON_ISSUED,
    NOTICE_KIND_BROADCAST,
)
OF_A_TEAM = (
    NOTICE_KIND_TEAM_JOINED,
    NOTICE_KIND_TEAM_LEFT,
    NOTICE_KIND_TEAM_REMOVED,
    NOTICE_KIND_TEAM_HANDED_OVER,
)
LANGUAGES = ("uz", "ru", "en")
FACTS: dict[str, Any] = {
    "team_id": 4,
    "team_name": "Reds & <Co>",
    "other_user_id": 9,
    "reason": "no <b>place</b>\nfor you",
    "amount": 40_000,
    "side_id": 3,
    "side_number": 2,
    "shirt_number": 11,
    "text": "Hello <all>\n\n& welcome",
    "entry_id": 5,
}


def plain(kind: "NoticeKind.ValueType", **facts: Any) -> Notice:
    """A notice without a session."""
    return Notice(notice_id="n", user_id=3, kind=kind, facts=NoticeFacts(**facts))


def side(**facts: Any) -> Notice:
    """As teams makes it: of the session it knows the id alone."""
    made = plain(NOTICE_KIND_SIDE_FORMED, **facts)
    made.session.CopyFrom(NoticeSession(session_id=17))
    return made


def text(made: Notice, language: str = "en", now: datetime = NOON, name: str = "") -> str:
    return words(rendered(made, language, now, name=name))


def words(parameters: Mapping[str, Any]) -> str:
    """The text, or what stands under a document."""
    return str(parameters["text"] if "text" in parameters else parameters["caption"])


def pressed(made: Notice) -> list[str]:
    """The data of its buttons."""
    markup = rendered(made, "en", NOON).get("reply_markup", {"inline_keyboard": []})
    return [button["callback_data"] for row in markup["inline_keyboard"] for button in row]


def test_every_kind_of_the_wire_is_known() -> None:
    assert set(KNOWN) == set(NoticeKind.values()) - {NOTICE_KIND_UNSPECIFIED}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", sorted(KNOWN))
def test_every_kind_reads_in_every_language_with_everything_and_with_hardly_anything(
    kind: "NoticeKind.ValueType", language: str
) -> None:
    full = text(notice("n", kind=kind, facts=NoticeFacts(**FACTS)), language, name="Ali <b>")
    bare = text(notice("n", kind=kind), language)
    for made in (full, bare):
        assert made.strip() and "{" not in made
        assert not re.search(r"<(?!/?[bi]>)", made), "unescaped"


@pytest.mark.parametrize("kind", sorted(KNOWN))
def test_no_notice_exceeds_telegrams_limits(kind: "NoticeKind.ValueType") -> None:
    family = "👨‍👩‍👧‍👦"
    facts = FACTS | {"reason": family * 300, "text": "<" * 3000, "team_name": family * 64}
    long = notice("n", kind=kind, facts=NoticeFacts(**facts))
    long.session.venue_name = family * 64
    long.session.session_id = long.facts.team_id = long.facts.entry_id = 2**63 - 1
    for language in LANGUAGES:
        made = rendered(long, language, NOON, name=family * 64)
        limit = TEXT_LIMIT if "text" in made else CAPTION_LIMIT
        assert shown_length(words(made)) <= limit
    assert all(len(data.encode()) <= 64 for data in pressed(long))


def test_a_rejection_tells_the_reason_line_by_line_and_what_comes_back() -> None:
    made = text(notice("n", kind=NOTICE_KIND_REJECTED, facts=NoticeFacts(**FACTS)))
    assert "no &lt;b&gt;place&lt;/b&gt;\nfor you" in made
    assert "40\u00a0000\u00a0UZS" in made
    bare = text(notice("n", kind=NOTICE_KIND_REJECTED))
    assert "Reason" not in bare and "back to you" not in bare


def test_a_broadcast_keeps_its_lines_and_its_whole_length() -> None:
    words = "x" * 2999 + "!"
    made = text(plain(NOTICE_KIND_BROADCAST, text=f"{words}"))
    assert words in made
    assert "Hello &lt;all&gt;\n\n&amp; welcome" in text(plain(NOTICE_KIND_BROADCAST, **FACTS))


def test_a_broadcast_to_a_session_says_which() -> None:
    made = text(notice("n", kind=NOTICE_KIND_BROADCAST, facts=NoticeFacts(text="Hi")))
    assert "Chilonzor &lt;Arena&gt;" in made and made.endswith("\n\nHi")
    assert "📅" not in text(plain(NOTICE_KIND_BROADCAST, text="Hi"))


def test_a_reminder_says_tomorrow_only_the_day_before() -> None:
    reminder = notice("n", kind=NOTICE_KIND_REMINDER_DAY)
    assert "tomorrow" in text(reminder, now=NOON)
    assert "tomorrow" not in text(reminder, now=NOON + timedelta(days=1))


@pytest.mark.parametrize(("language", "money"), [("uz", "so'm"), ("ru", "сум"), ("en", "UZS")])
def test_money_is_told_in_the_readers_habit(language: str, money: str) -> None:
    refund = notice("n", kind=NOTICE_KIND_REFUNDED, facts=NoticeFacts(amount=280_000))
    assert f"280\u00a0000\u00a0{money}" in text(refund, language)


def test_captains_hear_who_came_and_who_went_by_name() -> None:
    joined = plain(NOTICE_KIND_TEAM_JOINED, **FACTS)
    assert text(joined, name="Ali <b>") == (
        "👥 <b>Ali &lt;b&gt;</b> has joined your team “Reds &amp; &lt;Co&gt;”."
    )
    assert "A player" in text(joined)


def test_a_side_is_a_teams_or_has_a_number() -> None:
    assert "Reds" in text(side(team_name="Reds", side_number=2, shirt_number=7))
    drawn = text(side(side_number=2, shirt_number=7))
    assert "side 2" in drawn and "Your number: <b>7</b>" in drawn
    assert "Choose a free one" in text(side(side_number=2))


@pytest.mark.parametrize(
    ("made", "buttons"),
    [
        (notice("n", kind=NOTICE_KIND_APPROVED), [OpenSession(session_id=17)]),
        (notice("n"), [OpenSession(session_id=17)]),
        (
            notice("n", facts=NoticeFacts(amount=1)),
            [OpenPaying(session_id=17), OpenSession(session_id=17)],
        ),
        (
            notice("n", kind=NOTICE_KIND_DECISION_DUE, facts=NoticeFacts(entry_id=5)),
            [OpenEntry(entry_id=5), OpenSession(session_id=17)],
        ),
        (side(side_number=1), [OpenNumbers(session_id=17), OpenSession(session_id=17)]),
        (plain(NOTICE_KIND_TEAM_JOINED, **FACTS), [OpenTeam(team_id=4)]),
        (plain(NOTICE_KIND_TEAM_LEFT, **FACTS), [OpenTeam(team_id=4)]),
        (plain(NOTICE_KIND_TEAM_HANDED_OVER, **FACTS), [OpenTeam(team_id=4)]),
        (plain(NOTICE_KIND_TEAM_REMOVED, **FACTS), []),
        (plain(NOTICE_KIND_BROADCAST, text="Hi"), []),
        (plain(NOTICE_KIND_ACCOUNT_MOVED), []),
    ],
)
def test_the_buttons_are_what_the_gateways_features_take(
    made: Notice, buttons: list[CallbackData]
) -> None:
    assert pressed(made) == [button.pack() for button in buttons]


def test_a_notice_that_names_no_zone_has_the_leagues_night() -> None:
    night = datetime(2026, 11, 24, 20, tzinfo=UTC)
    moved = plain(NOTICE_KIND_ACCOUNT_MOVED)
    assert rendered(moved, "en", night, zone="Asia/Tashkent")["disable_notification"]
    assert not rendered(moved, "en", night, zone="America/New_York")["disable_notification"]


@pytest.mark.parametrize("language", ["uz", "ru", "en"])
@pytest.mark.parametrize("kind", OF_A_SESSION)
def test_a_notice_names_the_venue_and_the_time_in_each_language(
    kind: "NoticeKind.ValueType", language: str
) -> None:
    made = text(notice("n", kind=kind), language)
    assert "Chilonzor &lt;Arena&gt;" in made
    assert "20:00–21:30" in made
    assert "{" not in made


def test_each_language_has_its_own_words() -> None:
    texts = {rendered(notice("n"), language, NOON)["text"] for language in ("uz", "ru", "en")}
    assert len(texts) == 3


def test_a_move_says_where_and_when_it_was() -> None:
    moved = notice("n", kind=NOTICE_KIND_SESSION_MOVED)
    assert "Old Yard, Tuesday, 24 November, 20:00" in text(moved)


def test_a_promotion_names_the_place() -> None:
    assert "You are in, place 7" in rendered(notice("n"), "en", NOON)["text"]


def test_a_promotion_that_is_yet_to_be_confirmed_does_not_say_that_one_is_in() -> None:
    pending = notice("n")
    pending.facts.needs_decision = True
    told = rendered(pending, "en", NOON)["text"]
    assert "Place 7 is held for you" in told
    assert "You are in" not in told


def test_the_button_is_the_one_the_gateway_opens_the_card_by() -> None:
    [[button]] = rendered(notice("n"), "en", NOON)["reply_markup"]["inline_keyboard"]
    assert OpenSession.unpack(button["callback_data"]) == OpenSession(session_id=17)


@pytest.mark.parametrize(
    ("hour_in_tashkent", "silent"), [(21, False), (22, True), (3, True), (7, True), (8, False)]
)
def test_a_notice_makes_no_sound_at_night_in_the_venues_zone(
    hour_in_tashkent: int, silent: bool
) -> None:
    now = datetime(2026, 11, 24, (hour_in_tashkent - 5) % 24, tzinfo=UTC)
    assert is_night(now, "Asia/Tashkent") is silent
    assert rendered(notice("n"), "uz", now)["disable_notification"] is silent


def test_an_unknown_language_is_answered_in_the_default_one() -> None:
    assert rendered(notice("n"), "", NOON) == rendered(notice("n"), "uz", NOON)
