"""The clock that people see where no venue says another."""

from datetime import UTC, date, datetime

from google.protobuf.timestamp_pb2 import Timestamp

from services.gateway.texts import dates

ZONE = "Asia/Tashkent"
"""A session's own times are its venue's."""


def today(now: datetime) -> date:
    """The day it is."""
    return dates.local(now, ZONE).date()


def instant(stamp: Timestamp) -> datetime:
    """In UTC: what the message's own `ToDatetime` makes, in a tenth of its time."""
    at = datetime.fromtimestamp(stamp.seconds, UTC)
    return at.replace(microsecond=stamp.nanos // 1000) if stamp.nanos else at


def moment(stamp: Timestamp, language: str, zone: str = ZONE) -> str:
    """`Tue, 24 Nov 14:00`."""
    local = dates.local(instant(stamp), zone)
    return f"{dates.short_day(local.date(), language)} {dates.clock(local)}"
