"""What an evening may look like, and what its state allows. Pure: the time is an argument."""

from datetime import datetime, timedelta
from functools import cache
from zoneinfo import available_timezones

from services.sessions.domain.refusals import (
    CapacityInvalid,
    EndsBeforeStart,
    OpensTooLate,
    PriceInvalid,
    RegistrationNotOpen,
    SessionCancelled,
    SessionStarted,
    SquadSizeInvalid,
    StartsInPast,
    StartsTooFar,
    TimeZoneUnknown,
    TooLong,
)
from services.sessions.domain.values import Session, Status

MIN_CAPACITY, MAX_CAPACITY = 2, 100
MIN_SQUAD, MAX_SQUAD = 4, 15
MAX_PRICE = 10_000_000
MAX_DURATION = timedelta(hours=24)
MAX_AHEAD = timedelta(days=366)


def check_capacity(capacity: int) -> None:
    """Raises CapacityInvalid unless it is a whole number from 2 to 100."""
    # bool is an int to Python, and the database driver would store it as one.
    if type(capacity) is not int or not MIN_CAPACITY <= capacity <= MAX_CAPACITY:
        raise CapacityInvalid(f"{capacity} places", min=MIN_CAPACITY, max=MAX_CAPACITY)


def check_price(price: int) -> None:
    """Raises PriceInvalid unless it is whole so'm from 0 to 10,000,000."""
    if type(price) is not int or not 0 <= price <= MAX_PRICE:
        raise PriceInvalid(f"{price} so'm", min=0, max=MAX_PRICE)


def check_squad_size(squad_size: int) -> None:
    """Raises SquadSizeInvalid unless it is a whole number from 4 to 15."""
    if type(squad_size) is not int or not MIN_SQUAD <= squad_size <= MAX_SQUAD:
        raise SquadSizeInvalid(f"{squad_size} in a squad", min=MIN_SQUAD, max=MAX_SQUAD)


def check_times(starts_at: datetime, ends_at: datetime, now: datetime) -> None:
    """Raises StartsInPast, StartsTooFar, EndsBeforeStart or TooLong."""
    if starts_at <= now:
        raise StartsInPast(f"starts {starts_at:%Y-%m-%d %H:%M} UTC")
    if starts_at - now > MAX_AHEAD:
        raise StartsTooFar(f"starts {starts_at:%Y-%m-%d} UTC", days=MAX_AHEAD.days)
    if ends_at <= starts_at:
        raise EndsBeforeStart("the end is not after the start")
    if ends_at - starts_at > MAX_DURATION:
        raise TooLong(f"lasts {ends_at - starts_at}", hours=24)


def opening(asked: datetime | None, starts_at: datetime, now: datetime) -> datetime | None:
    """When registration opens; None: at once. Raises OpensTooLate unless it is before the start."""
    if asked is None or asked <= now:
        return None
    if asked >= starts_at:
        raise OpensTooLate(f"registration opens {asked:%Y-%m-%d %H:%M} UTC")
    return asked


def check_time_zone(name: str) -> None:
    """Raises TimeZoneUnknown unless the IANA database has it."""
    if name not in _time_zones():
        raise TimeZoneUnknown("no such time zone", time_zone=name[:64])


def must_be_planned(session: Session) -> None:
    """Raises SessionCancelled."""
    if session.status is Status.CANCELLED:
        raise SessionCancelled(f"session {session.id} was cancelled")


def must_be_open(session: Session, now: datetime) -> None:
    """Raises RegistrationNotOpen. Its organiser and admins wait like everybody: a place taken early
    is a place taken from those who come in time."""
    opens_at = session.registration_opens_at
    if opens_at is not None and now < opens_at:
        raise RegistrationNotOpen(
            f"session {session.id} opens {opens_at:%Y-%m-%d %H:%M} UTC",
            opens_at=int(opens_at.timestamp()),
            time_zone=session.venue.time_zone,
        )


def must_be_ahead(session: Session, now: datetime) -> None:
    """Raises SessionStarted; an organiser may start a little before its time."""
    if session.starts_at <= now or session.status in (Status.STARTED, Status.FINISHED):
        raise SessionStarted(f"session {session.id} started {session.starts_at:%Y-%m-%d %H:%M} UTC")


@cache
def _time_zones() -> frozenset[str]:
    return frozenset(available_timezones())
