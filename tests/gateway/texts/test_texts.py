"""How values get into a text."""

import pytest

from services.gateway.texts import DEFAULT_LANGUAGE, TOAST_LIMIT, Html, texts_for

NASTY = "<b>Ali</b> & \u202eco\u0000\ud800"


def test_what_people_typed_is_escaped() -> None:
    text = texts_for("en")("team.title", name=NASTY)
    assert text == "👥 <b>&lt;b&gt;Ali&lt;/b&gt; &amp; co</b>"


def test_html_of_our_own_is_not_escaped_again() -> None:
    text = texts_for("en")("team.title", name=Html("<i>Reds</i>"))
    assert text == "👥 <b><i>Reds</i></b>"


def test_buttons_show_what_people_typed_without_escaping() -> None:
    assert texts_for("en").plain("organisers.remove", name=NASTY) == "➖ <b>Ali</b> & co"


def test_braces_in_a_name_are_not_placeholders() -> None:
    assert texts_for("en")("team.title", name="{0.__class__}") == "👥 <b>{0.__class__}</b>"


def test_a_toast_is_never_too_long() -> None:
    toast = texts_for("en").toast("team.joined", name="x" * 5000)
    assert len(toast) <= TOAST_LIMIT


def test_a_language_we_do_not_speak_gets_the_default() -> None:
    assert texts_for("tlh").language == DEFAULT_LANGUAGE


@pytest.mark.parametrize(
    ("language", "n", "text"),
    [
        ("uz", 1, "1 ta joy"),
        ("uz", 12, "12 ta joy"),
        ("ru", 1, "1 место"),
        ("ru", 2, "2 места"),
        ("ru", 5, "5 мест"),
        ("ru", 11, "11 мест"),
        ("ru", 21, "21 место"),
        ("ru", 100, "100 мест"),
        ("en", 1, "1 place"),
        ("en", 2, "2 places"),
    ],
)
def test_numbers_take_their_languages_forms(language: str, n: int, text: str) -> None:
    assert texts_for(language).plural("create.places", n) == text


def test_a_key_without_a_text_is_a_fault() -> None:
    with pytest.raises(KeyError):
        texts_for("en")("no.such.key")
