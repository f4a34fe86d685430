"""When people are reminded, by property and by example."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.nights import night_at
from services.sessions.domain.reminders import (
    LONGEST_AHEAD,
    ReminderKind,
    day_before,
    due,
    hours_before,
)
from services.sessions.domain.values import Format, Session, SessionId, UserId, Venue, VenueId

FIVE = timedelta(hours=5)
ZONES = ("Asia/Tashkent", "Europe/Berlin", "America/New_York")
moments = st.integers(0, 2 * 365 * 1440).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


def session(starts_at: datetime, zone: str = "Asia/Tashkent") -> Session:
    return Session(
        id=SessionId(1),
        venue=Venue(id=VenueId(1), name="Arena", time_zone=zone),
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=90),
        format=Format.FIVE_A_SIDE,
        price=0,
        capacity=10,
        organiser_id=UserId(1),
    )


def tashkent(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=ZoneInfo("Asia/Tashkent"))


@pytest.mark.parametrize(
    ("now", "kinds"),
    [
        (tashkent(24, 9, 59), []),
        (tashkent(24, 10), [ReminderKind.DAY]),
        (tashkent(24, 21, 59), [ReminderKind.DAY]),
        (tashkent(24, 22), []),
        (tashkent(25, 14, 59), []),
        (tashkent(25, 15), [ReminderKind.HOURS]),
        (tashkent(25, 19, 59), [ReminderKind.HOURS]),
        (tashkent(25, 20), []),
    ],
)
def test_an_evening_at_eight_is_told_the_day_before_and_at_three(
    now: datetime, kinds: list[ReminderKind]
) -> None:
    assert list(due(session(tashkent(25, 20)), now, FIVE)) == kinds


@pytest.mark.parametrize(
    ("starts", "told"),
    [
        # Into the night: told when people get up.
        (tashkent(25, 9), tashkent(25, 8)),
        (tashkent(25, 12, 59), tashkent(25, 8)),
        (tashkent(25, 13), tashkent(25, 8)),
        (tashkent(25, 13, 1), tashkent(25, 8, 1)),
        # The session is in that night itself.
        (tashkent(25, 4), tashkent(24, 23)),
        (tashkent(25, 7), tashkent(25, 2)),
        (tashkent(25, 2), tashkent(24, 21)),
    ],
)
def test_what_falls_into_the_night_is_told_in_the_morning(starts: datetime, told: datetime) -> None:
    assert hours_before(session(starts), FIVE) == told


@given(starts=moments, zone=st.sampled_from(ZONES), hours=st.integers(1, 24))
def test_nobody_is_woken_unless_the_session_is_in_that_night(
    starts: datetime, zone: str, hours: int
) -> None:
    one = session(starts, zone)
    night = night_at(hours_before(one, timedelta(hours=hours)), zone)
    assert night is None or night.meets(one.starts_at, one.ends_at)


@given(starts=moments, zone=st.sampled_from(ZONES))
def test_the_day_before_is_the_calendars_at_ten_by_the_venues_clock(
    starts: datetime, zone: str
) -> None:
    begins, ends = day_before(session(starts, zone))
    local = begins.astimezone(ZoneInfo(zone))
    assert (local.hour, local.minute) == (10, 0)
    assert starts.astimezone(ZoneInfo(zone)).date() - local.date() == timedelta(days=1)
    assert night_at(ends, zone) and not night_at(ends - timedelta(seconds=1), zone)


@given(
    starts=moments,
    before=st.integers(1, 60 * 60).map(lambda minutes: timedelta(minutes=minutes)),
    zone=st.sampled_from(ZONES),
)
def test_nothing_is_due_earlier_than_the_worker_looks_ahead(
    starts: datetime, before: timedelta, zone: str
) -> None:
    kinds = list(due(session(starts, zone), starts - before, FIVE))
    assert not kinds or before <= LONGEST_AHEAD


@given(starts=moments, after=st.integers(0, 10_000), zone=st.sampled_from(ZONES))
def test_once_it_has_started_nobody_is_reminded(starts: datetime, after: int, zone: str) -> None:
    assert not list(due(session(starts, zone), starts + timedelta(minutes=after), FIVE))


def test_what_was_to_be_told_before_a_session_came_here_is_not_told_here() -> None:
    one, now = session(tashkent(25, 20)), tashkent(25, 16)
    assert list(due(one, now, FIVE, tashkent(25, 14))) == [ReminderKind.HOURS]
    assert list(due(one, now, FIVE, tashkent(25, 15, 30))) == []
    assert list(due(one, tashkent(24, 12), FIVE, tashkent(24, 11))) == []
