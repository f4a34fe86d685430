"""Night by a place's own clock: from ten in the evening to eight in the morning."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

BEGINS, ENDS = time(22), time(8)


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """One night, in UTC: from `begins` until just before `ends`."""

    begins: datetime
    ends: datetime

    def meets(self, begins: datetime, ends: datetime) -> bool:
        """Whether something that lasts so long begins or goes on in it."""
        return self.begins <= begins < self.ends or begins < self.begins < ends


def night_at(moment: datetime, zone: str) -> Night | None:
    """The night at that moment in that IANA zone; None by day. `moment` knows its zone."""
    local = moment.astimezone(ZoneInfo(zone))
    if ENDS <= local.time() < BEGINS:
        return None
    evening = local.date() if local.time() >= BEGINS else local.date() - timedelta(days=1)
    return Night(
        begins=_moment(evening, BEGINS, zone), ends=_moment(evening + timedelta(days=1), ENDS, zone)
    )


def _moment(day: date, clock: time, zone: str) -> datetime:
    return datetime.combine(day, clock, ZoneInfo(zone)).astimezone(UTC)
