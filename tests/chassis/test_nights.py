"""Night by a place's clock."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.nights import Night, night_at

ZONES = ("Asia/Tashkent", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC")
moments = st.integers(0, 5 * 365 * 86_400).map(
    lambda seconds: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)


@given(moment=moments, zone=st.sampled_from(ZONES))
def test_it_is_night_from_ten_to_eight_by_the_places_clock(moment: datetime, zone: str) -> None:
    hour = moment.astimezone(ZoneInfo(zone)).hour
    assert (night_at(moment, zone) is not None) == (hour >= 22 or hour < 8)


@given(moment=moments, zone=st.sampled_from(ZONES))
def test_a_night_holds_its_moments_and_ends_at_eight(moment: datetime, zone: str) -> None:
    night = night_at(moment, zone)
    if night is None:
        return
    assert night.begins <= moment < night.ends
    for at, hour in ((night.begins, 22), (night.ends, 8)):
        local = at.astimezone(ZoneInfo(zone))
        assert (local.hour, local.minute) == (hour, 0)
    assert timedelta(hours=8) < night.ends - night.begins < timedelta(hours=12)
    assert night_at(night.ends, zone) is None


@pytest.mark.parametrize(
    ("begins", "hours", "meets"),
    [
        (20, 1.5, False),
        (20, 2, False),
        (21, 2, True),
        (22, 1, True),
        (31, 2, True),
        (32, 1, False),
        (22, 0, True),
    ],
)
def test_a_session_meets_a_night_in_which_it_begins_or_goes_on(
    begins: int, hours: float, meets: bool
) -> None:
    day = datetime(2026, 11, 25, tzinfo=UTC)
    night = Night(begins=day + timedelta(hours=22), ends=day + timedelta(hours=32))
    start = day + timedelta(hours=begins)
    assert night.meets(start, start + timedelta(hours=hours)) is meets
