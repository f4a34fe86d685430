"""Notices as people read them."""

from datetime import UTC, datetime

import pytest
from fotbot.sender.v1.notice_pb2 import (
    NOTICE_KIND_PROMOTED,
    NOTICE_KIND_SESSION_CANCELLED,
    NOTICE_KIND_SESSION_MOVED,
    NoticeKind,
)

from services.gateway.features.sessions.callbacks import OpenSession
from services.gateway.sender.rendering import is_night, rendered
from tests.gateway.sender.rig import notice

NOON = datetime(2026, 11, 24, 7, tzinfo=UTC)
KINDS = (NOTICE_KIND_PROMOTED, NOTICE_KIND_SESSION_CANCELLED, NOTICE_KIND_SESSION_MOVED)


@pytest.mark.parametrize("language", ["uz", "ru", "en"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_notice_names_the_venue_and_the_time_in_each_language(
    kind: NoticeKind, language: str
) -> None:
    text = rendered(notice("n", kind=kind), language, NOON)["text"]
    assert "Chilonzor &lt;Arena&gt;" in text
    assert "20:00–21:30" in text
    assert "{" not in text


def test_each_language_has_its_own_words() -> None:
    texts = {rendered(notice("n"), language, NOON)["text"] for language in ("uz", "ru", "en")}
    assert len(texts) == 3


def test_a_move_says_where_and_when_it_was() -> None:
    text = rendered(notice("n", kind=NOTICE_KIND_SESSION_MOVED), "en", NOON)["text"]
    assert "Old Yard, Tuesday, 24 November, 20:00" in text


def test_a_promotion_names_the_place() -> None:
    assert "place 7" in rendered(notice("n"), "en", NOON)["text"]


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
