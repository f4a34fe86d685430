"""When a notice may leave: not at night if its kind rests then, not once it is of no use.

A letter may leave at any moment of its lease, so it rests if either end of the lease is at night.
"""

from datetime import UTC, datetime, timedelta

from fotbot.sender.v1.notice_pb2 import Notice

from services.chassis.nights import night_at
from services.gateway.sender.kinds import KINDS


def zone_of(notice: Notice, otherwise: str) -> str:
    """Whose night is respected: the notice's own, its venue's, else the given zone's."""
    return notice.time_zone or notice.session.time_zone or otherwise


def rests_until(notice: Notice, now: datetime, lease: timedelta, zone: str) -> datetime | None:
    """The end of the night through which it waits; None when it may leave at once."""
    if not KINDS[notice.kind].rests_at_night:
        return None
    for moment in (now, now + lease):
        night = night_at(moment, zone)
        if night and not night.meets(*_hours(notice)):
            return night.ends
    return None


def is_expired(notice: Notice, moment: datetime) -> bool:
    """Whether it is of no use any more."""
    return bool(notice.expires_at) and moment.timestamp() >= notice.expires_at


def moment_of(seconds: int) -> datetime:
    """The wire's Unix seconds."""
    return datetime.fromtimestamp(seconds, UTC)


def _hours(notice: Notice) -> tuple[datetime, datetime]:
    """The session's; without one, long past."""
    session = notice.session
    return moment_of(session.starts_at), moment_of(session.ends_at or session.starts_at)
