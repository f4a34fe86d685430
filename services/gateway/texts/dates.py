"""Dates, times and money in the reader's habit, in the venue's zone; the same few again and again,
so what was formatted is kept."""

from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.numbers import format_decimal

REMEMBERED = 2048
_LOCALES = {"uz": "uz", "ru": "ru", "en": "en_GB"}
_DAY = {"uz": "d-MMMM, EEEE", "ru": "EEEE, d MMMM", "en": "EEEE, d MMMM"}
_DAY_MONTH = {"uz": "d-MMMM", "ru": "d MMMM", "en": "d MMMM"}
_SHORT_DAY = {"uz": "d-MMM, EEE", "ru": "EEE, d MMM", "en": "EEE, d MMM"}
_CURRENCY = {"uz": "so'm", "ru": "сум", "en": "UZS"}


def when(start: datetime, end: datetime, zone: str, language: str) -> str:
    """`Wednesday, 25 November, 20:00–21:30`: an evening's day and hours in the venue's zone."""
    begins = local(start, zone)
    return f"{day(begins.date(), language)}, {clock(begins)}–{clock(local(end, zone))}"


def hours(start: datetime, end: datetime, zone: str) -> str:
    """`20:00–21:30` in the venue's zone."""
    return f"{clock(local(start, zone))}–{clock(local(end, zone))}"


def clock(moment: datetime) -> str:
    """`20:00`."""
    return f"{moment.hour:02}:{moment.minute:02}"


@lru_cache(REMEMBERED)
def day(date_: date, language: str) -> str:
    """`Wednesday, 25 November`."""
    text = format_date(date_, _DAY[language], locale=_LOCALES[language])
    return text[:1].upper() + text[1:]


@lru_cache(REMEMBERED)
def day_month(date_: date, language: str) -> str:
    """`25 November`, inside a sentence."""
    return format_date(date_, _DAY_MONTH[language], locale=_LOCALES[language])


@lru_cache(REMEMBERED)
def short_day(date_: date, language: str) -> str:
    """`Wed, 25 Nov`, for buttons."""
    text = format_date(date_, _SHORT_DAY[language], locale=_LOCALES[language]).replace(".", "")
    return text.lower() if language == "uz" else text[:1].upper() + text[1:]


def local(moment: datetime, zone: str) -> datetime:
    """The moment as the clock on the venue's wall shows it. `moment` knows its zone."""
    return moment.astimezone(ZoneInfo(zone))


@lru_cache(REMEMBERED)
def money(amount: int, language: str) -> str:
    """`40 000 so'm`, the blanks unbreakable."""
    grouped = format_decimal(amount, locale="ru")
    return f"{grouped}\u00a0{_CURRENCY[language]}"
