"""One line of text, by property."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.plain_text import grapheme_clusters, one_line

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
TRICKY = (
    "\u200d\u200c\u202e\u2066\u0301 \t\n\0\u1100\u1161\u11a8\uac00\U0001f1fa\U0001f1ff"
    "\U0001f468\U0001f469\U0001f467\U0001f3fd\ufe0f\u0915\u094d\U000e0067"
)
texts = st.text(st.one_of(st.characters(), st.sampled_from(TRICKY)), max_size=200)


@given(texts)
def test_a_cleaned_line_is_clean(text: str) -> None:
    line = one_line(text, 64)
    assert one_line(line, 64) == line
    assert unicodedata.is_normalized("NFC", line)
    assert "  " not in line and line == line.strip()


@given(texts)
def test_a_line_is_bounded_in_clusters_and_in_code_points(text: str) -> None:
    line = one_line(text, 5)
    assert len(list(grapheme_clusters(line))) <= 5
    assert len(line) <= 50


@given(texts)
def test_clusters_put_together_are_the_text(text: str) -> None:
    assert "".join(grapheme_clusters(text)) == text


@given(texts)
def test_no_line_holds_what_reorders_or_ends_text(text: str) -> None:
    line = one_line(text, 64)
    assert not {unicodedata.category(character) for character in line} & {"Cc", "Cs", "Zl", "Zp"}
    assert not any(unicodedata.bidirectional(character) in BIDI_CONTROLS for character in line)


BIDI_CONTROLS = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


@pytest.mark.parametrize(
    "text", ["", "   ", "\0\x1b", "\u202e\u2066", "\u200d", "\u3164", "\u0301", "\ud800"]
)
def test_nothing_visible_is_nothing(text: str) -> None:
    assert one_line(text, 64) == ""


def test_a_family_of_emoji_is_one_cluster() -> None:
    assert one_line(FAMILY * 100, 64) == FAMILY * 64


def test_five_thousand_marks_on_one_letter_stay_few() -> None:
    assert one_line("a" + "\u0301" * 5000 + "b", 64) == "\u00e1" + "\u0301" * 9 + "b"


def test_markup_and_line_breaks_in_a_name() -> None:
    assert one_line(" <b>O'zbek\r\n& qiz\u202e</b> ", 64) == "<b>O'zbek & qiz</b>"
