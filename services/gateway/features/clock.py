"""The clock that people see where no venue says another."""

from datetime import UTC, date, datetime

from google.protobuf.timestamp_pb2 import Timestamp

from services.gateway.texts import dates

ZONE = "Asia/Tashkent"
"""A session's own times are its venue's."""


def today(now: datetime) -> date:
    """The day it is."""
    return dates.local(now, ZONE).date()


def moment(stamp: Timestamp, language: str, zone: str = ZONE) -> str:
    """`Tue, 24 Nov 14:00`."""
    local = dates.local(stamp.ToDatetime(tzinfo=UTC), zone)
    return f"{dates.short_day(local.date(), language)} {local:%H:%M}"
