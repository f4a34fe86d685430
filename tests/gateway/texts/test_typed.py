"""What people type, read and shown."""

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.texts import typed, typed_at_length

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", 12),
        (" 40 000 ", 40_000),
        ("40\u00a0000", 40_000),
        ("0", 0),
        ("-1", -1),
        ("\u22121", -1),
        ("1e9", None),
        ("ten", None),
        ("١٢", None),
        ("12.5", None),
        ("", None),
        ("9" * 30, None),
    ],
)
def test_only_plain_digits_are_a_number(text: str, number: int | None) -> None:
    assert typed.whole_number(text) == number


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        ("20:00", time(20)),
        ("2000", time(20)),
        ("8.30", time(8, 30)),
        ("00:00", time(0)),
        ("25:61", None),
        ("24:00", None),
        ("20:60", None),
        ("٢٠:٠٠", None),
        ("evening", None),
        ("8", None),
    ],
)
def test_a_time_of_day_is_read_or_refused(text: str, clock: time | None) -> None:
    assert typed.clock(text) == clock


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-11-25", date(2026, 11, 25)),
        ("25.12.2026", date(2026, 12, 25)),
        ("25.12", date(2026, 12, 25)),
        ("24.11", date(2026, 11, 24)),
        ("23.11", date(2027, 11, 23)),
        ("23.11.2026", date(2026, 11, 23)),
        ("31.02", None),
        ("29.02.2027", None),
        ("0.0", None),
        ("tomorrow", None),
        ("٢٥.١٢", None),
        ("0000-01-01", None),
    ],
)
def test_a_day_is_read_or_refused(text: str, day: date | None) -> None:
    assert typed.day(text, TODAY) == day


@given(st.text(alphabet=st.characters(), max_size=200))
def test_a_line_can_always_be_sent_and_is_stable(text: str) -> None:
    line = typed.line(text)
    line.encode("utf-8")
    assert "\n" not in line and "\x00" not in line
    assert typed.line(line) == line


@given(st.text("Az~! \u0451\u042f\u2013\u00bb", max_size=70))
def test_plain_words_are_shown_as_all_others_are(text: str) -> None:
    assert typed.shown(text) == typed._shown(text)


def test_every_letter_that_is_shown_at_once_needs_no_cleaning() -> None:
    plain = [chr(code) for code in range(0x3000) if typed._SIMPLE.fullmatch(chr(code))]
    assert len(plain) > 160
    assert [typed._shown(letter) for letter in plain] == plain


@given(st.text(max_size=300))
def test_what_is_shown_is_short(text: str) -> None:
    assert len(typed.shown(text)) <= typed.SHOWN_LIMIT


def test_a_line_has_no_lone_surrogates_and_no_turning_characters() -> None:
    assert typed.line("\ud800Ali\u202e \x00 Vali\n\n") == "Ali Vali"


def test_a_mountain_of_marks_becomes_a_letter_with_few() -> None:
    assert len(typed.shown("a" + "\u0301" * 5000 + "b")) <= 4


@given(st.text(max_size=30))
def test_reading_never_raises(text: str) -> None:
    typed.whole_number(text)
    typed.clock(text)
    typed.day(text, TODAY)


def test_a_longer_text_keeps_its_lines_and_its_length() -> None:
    assert typed_at_length(" 8600 <1234> \n\n\u202eAli\n") == "8600 &lt;1234&gt;\nAli"
    assert len(typed_at_length("x" * 300)) == 300
