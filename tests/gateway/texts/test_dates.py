"""Days, hours and money in three habits."""

from datetime import UTC, date, datetime, timedelta

import pytest

from services.gateway.texts import dates

START = datetime(2026, 11, 25, 15, 0, tzinfo=UTC)
END = START + timedelta(minutes=90)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("uz", "25-noyabr, chorshanba, 20:00–21:30"),
        ("ru", "Среда, 25 ноября, 20:00–21:30"),
        ("en", "Wednesday, 25 November, 20:00–21:30"),
    ],
)
def test_an_evening_is_told_by_the_venues_clock(language: str, text: str) -> None:
    assert dates.when(START, END, "Asia/Tashkent", language) == text


def test_the_day_is_the_venues_day_not_utcs() -> None:
    late = datetime(2026, 11, 25, 20, 0, tzinfo=UTC)
    told = dates.when(late, late + timedelta(hours=1), "Asia/Tashkent", "en")
    assert told == "Thursday, 26 November, 01:00–02:00"


@pytest.mark.parametrize(
    ("language", "text"), [("uz", "25-noy, chor"), ("ru", "Ср, 25 нояб"), ("en", "Wed, 25 Nov")]
)
def test_a_short_day_has_its_weekday(language: str, text: str) -> None:
    assert dates.short_day(date(2026, 11, 25), language) == text


@pytest.mark.parametrize(
    ("language", "text"),
    [("uz", "1 240 000 so'm"), ("ru", "1 240 000 сум"), ("en", "1 240 000 UZS")],
)
def test_money_has_thin_groups_that_do_not_break(language: str, text: str) -> None:
    assert dates.money(1_240_000, language) == text.replace(" ", "\u00a0")
