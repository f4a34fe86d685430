"""What a broadcast's text may be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.sessions.domain.broadcasts import MAX_UNITS, TextEmpty, TextTooLong, clean_text


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Hello", "Hello"),
        ("  Hello \r\n\r\n\r\n\r\n  all  \n", "Hello\n\nall"),
        ("a\x00b\u202ec", "abc"),
        ("<b>&", "<b>&"),
    ],
)
def test_lines_stay_and_what_nobody_sees_goes(typed: str, kept: str) -> None:
    assert clean_text(typed) == kept


@pytest.mark.parametrize("typed", ["", " \n\t\n ", "\u200d\u2800", "\x00"])
def test_nothing_to_see_is_no_text(typed: str) -> None:
    with pytest.raises(TextEmpty):
        clean_text(typed)


@pytest.mark.parametrize(("letter", "most"), [("x", MAX_UNITS), ("⚽", MAX_UNITS), ("🏆", 1500)])
def test_length_is_counted_as_telegram_counts(letter: str, most: int) -> None:
    assert clean_text(letter * most) == letter * most
    with pytest.raises(TextTooLong):
        clean_text(letter * (most + 1))


@pytest.mark.parametrize("typed", ["x" * 1_000_000, "\n" * 20_000])
def test_a_megabyte_is_turned_down_at_once(typed: str) -> None:
    with pytest.raises(TextTooLong):
        clean_text(typed)


@given(st.text(max_size=400))
def test_cleaning_twice_changes_nothing_more(typed: str) -> None:
    try:
        once = clean_text(typed)
    except TextEmpty:
        return
    assert clean_text(once) == once
