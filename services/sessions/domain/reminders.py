"""When a session's people are reminded; pure.

The day before at ten by the venue's clock, and some hours before the start. What falls into the
night is told in the morning, unless the session is in that night; what is missed (the worker was
away) is told later the same day, or not at all.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

from services.chassis.nights import BEGINS, night_at
from services.sessions.domain.values import Session

DAY_BEFORE = time(10)

LONGEST_AHEAD = timedelta(hours=40)
"""No reminder comes earlier, whatever the clocks do: from ten the day before to midnight."""


class ReminderKind(Enum):
    """One of each for a session's start."""

    DAY = "day"
    HOURS = "hours"


LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def due(
    session: Session, now: datetime, hours: timedelta, ours_since: datetime = LONG_AGO
) -> Iterator[ReminderKind]:
    """Which reminders people should have by now and still can use. What was to be told before
    `ours_since` was another bot's to tell."""
    if now >= session.starts_at:
        return
    begins, ends = day_before(session)
    if ours_since <= begins <= now < ends:
        yield ReminderKind.DAY
    if ours_since <= hours_before(session, hours) <= now:
        yield ReminderKind.HOURS


def day_before(session: Session) -> tuple[datetime, datetime]:
    """From ten until night falls."""
    zone = ZoneInfo(session.venue.time_zone)
    day = session.starts_at.astimezone(zone).date() - timedelta(days=1)
    moments = [datetime.combine(day, clock, zone).astimezone(UTC) for clock in (DAY_BEFORE, BEGINS)]
    return moments[0], moments[1]


def hours_before(session: Session, hours: timedelta) -> datetime:
    """So long before the start, or in the morning after that."""
    moment = session.starts_at - hours
    night = night_at(moment, session.venue.time_zone)
    if night is None or night.meets(session.starts_at, session.ends_at):
        return moment
    return night.ends
