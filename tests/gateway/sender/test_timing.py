"""When notices may leave, by property."""

from datetime import UTC, datetime, timedelta

from fotbot.sender.v1.notice_pb2 import (
    NOTICE_KIND_BROADCAST,
    NOTICE_KIND_REMINDER_DAY,
    NOTICE_KIND_REMINDER_HOURS,
    Notice,
    NoticeKind,
    NoticeSession,
)
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.nights import night_at
from services.gateway.sender.kinds import KINDS
from services.gateway.sender.timing import is_expired, rests_until, zone_of

LEASE = timedelta(seconds=20)
RESTING = {NOTICE_KIND_REMINDER_DAY, NOTICE_KIND_REMINDER_HOURS, NOTICE_KIND_BROADCAST}
ZONES = ("Asia/Tashkent", "Europe/Berlin", "America/New_York")
moments = st.integers(0, 2 * 365 * 86_400).map(
    lambda seconds: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)
kinds = st.sampled_from(sorted(KINDS))
zones = st.sampled_from(ZONES)
hours_away = st.floats(-30, 30)


def about(kind: NoticeKind.ValueType, starts: datetime | None, zone: str) -> Notice:
    start = int(starts.timestamp()) if starts else 0
    session = NoticeSession(session_id=1, time_zone=zone, starts_at=start, ends_at=start + 5400)
    return Notice(notice_id="n", user_id=1, kind=kind, session=session if starts else None)


def test_only_reminders_and_broadcasts_rest() -> None:
    assert {kind for kind, known in KINDS.items() if known.rests_at_night} == RESTING


@given(kind=kinds, now=moments, away=hours_away, zone=zones)
def test_what_may_leave_now_leaves_by_day_or_into_its_own_night(
    kind: NoticeKind.ValueType, now: datetime, away: float, zone: str
) -> None:
    starts = now + timedelta(hours=away)
    notice = about(kind, starts, zone)
    if rests_until(notice, now, LEASE, zone) is not None or kind not in RESTING:
        return
    start = datetime.fromtimestamp(notice.session.starts_at, UTC)
    for moment in (now, now + LEASE / 2, now + LEASE):
        night = night_at(moment, zone)
        assert night is None or night.meets(start, start + timedelta(seconds=5400))


@given(kind=kinds, now=moments, away=hours_away, zone=zones)
def test_what_rests_waits_for_the_nearest_morning(
    kind: NoticeKind.ValueType, now: datetime, away: float, zone: str
) -> None:
    until = rests_until(about(kind, now + timedelta(hours=away), zone), now, LEASE, zone)
    if until is None:
        return
    assert kind in RESTING
    assert now < until <= now + timedelta(hours=12)
    assert night_at(until, zone) is None
    assert rests_until(about(kind, None, zone), until, timedelta(0), zone) is None


@given(now=moments, zone=zones)
def test_a_broadcast_to_everybody_never_leaves_at_night(now: datetime, zone: str) -> None:
    notice = about(NOTICE_KIND_BROADCAST, None, zone)
    at_night = night_at(now, zone) is not None or night_at(now + LEASE, zone) is not None
    assert (rests_until(notice, now, LEASE, zone) is not None) == at_night


def test_the_notices_own_clock_comes_before_its_venues_and_the_leagues() -> None:
    session = NoticeSession(time_zone="Europe/Berlin")
    assert zone_of(Notice(time_zone="Asia/Almaty", session=session), "UTC") == "Asia/Almaty"
    assert zone_of(Notice(session=session), "UTC") == "Europe/Berlin"
    assert zone_of(Notice(), "UTC") == "UTC"


def test_a_notice_is_of_no_use_from_its_end_on() -> None:
    noon = datetime(2026, 11, 24, 12, tzinfo=UTC)
    notice = Notice(expires_at=int(noon.timestamp()))
    assert not is_expired(notice, noon - timedelta(seconds=1))
    assert is_expired(notice, noon)
    assert not is_expired(Notice(), noon)
