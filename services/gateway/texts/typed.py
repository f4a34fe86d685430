"""What people typed, as values, and how it is shown again. Only the shape is read here; what a
session, a team or a name may be is decided by the services."""

import re
import unicodedata
from datetime import date, time
from functools import lru_cache

SHOWN_LIMIT = 64
"""Code points of a name or a venue that a screen shows; the rest would only push it apart."""

REMEMBERED, REMEMBERED_LIMIT = 8192, 128
"""How many names and venues are kept as they are shown, and how long ones."""

_SIMPLE = re.compile(r"[!-~А-яЁё–‘’«»]+(?: [!-~А-яЁё–‘’«»]+)*")
"""Words that are shown as they are."""

_HIDDEN = frozenset({"Cc", "Cs", "Co", "Cn"})
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_NUMBER = re.compile(r"[+-]?[0-9]{1,18}", re.ASCII)
_TIME = re.compile(r"([0-9]{1,2})[:.\- ]?([0-9]{2})", re.ASCII)
_ISO_DAY = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})", re.ASCII)
_DAY = re.compile(r"([0-9]{1,2})[./\- ]([0-9]{1,2})(?:[./\- ]([0-9]{4}))?\.?", re.ASCII)


def line(text: str) -> str:
    """One line that can be sent on: no control characters, no lone surrogates, no characters
    that turn the writing's direction, single blanks, composed."""
    kept = "".join(" " if c.isspace() else c for c in text if c.isspace() or _visible(c))
    return unicodedata.normalize("NFC", " ".join(kept.split()))


def lines(text: str) -> str:
    """Several lines that can be sent on, each as `line` makes it, at most one of them empty
    between two others."""
    kept: list[str] = []
    for one in map(line, text.splitlines()):
        if one or (kept and kept[-1]):
            kept.append(one)
    return "\n".join(kept).strip()


def shown(text: str) -> str:
    """The text as a screen shows it: one line, short, with few marks on each letter."""
    if len(text) <= SHOWN_LIMIT and _SIMPLE.fullmatch(text):
        return text
    return _remembered(text) if len(text) <= REMEMBERED_LIMIT else _shown(text)


def paragraph(text: str) -> str:
    """A longer text as a screen shows it: its lines that are not blank, few marks on each letter,
    nothing cut."""
    return "\n".join(kept for kept in map(_few_marks, text.splitlines()) if kept)


def whole_number(text: str) -> int | None:
    """The number in ASCII digits, blanks between them allowed; None when it is not one."""
    digits = "".join(text.split()).replace("\u2212", "-")
    return int(digits) if _NUMBER.fullmatch(digits) else None


def clock(text: str) -> time | None:
    """20:00, 20.00, 2000 or 8:30; None when it is no time of day."""
    found = _TIME.fullmatch(text.strip())
    if found is None:
        return None
    hour, minute = int(found[1]), int(found[2])
    return time(hour, minute) if hour < 24 and minute < 60 else None


def day(text: str, today: date) -> date | None:
    """2026-11-25, 25.11.2026, or 25.11 for the nearest such day from today; None when there is
    no such day."""
    stripped = text.strip()
    try:
        if iso := _ISO_DAY.fullmatch(stripped):
            return date(int(iso[1]), int(iso[2]), int(iso[3]))
        if (short := _DAY.fullmatch(stripped)) is None:
            return None
        if short[3] is not None:
            return date(int(short[3]), int(short[2]), int(short[1]))
        this_year = date(today.year, int(short[2]), int(short[1]))
        return this_year if this_year >= today else this_year.replace(year=today.year + 1)
    except ValueError:
        return None


def _shown(text: str) -> str:
    short = _few_marks(text)
    return short if len(short) <= SHOWN_LIMIT else short[: SHOWN_LIMIT - 1] + "…"


_remembered = lru_cache(REMEMBERED)(_shown)


def _few_marks(text: str) -> str:
    kept: list[str] = []
    marks = 0
    for character in line(text):
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks <= 2:
            kept.append(character)
    return "".join(kept)


def _visible(character: str) -> bool:
    return character not in _BIDI and unicodedata.category(character) not in _HIDDEN
