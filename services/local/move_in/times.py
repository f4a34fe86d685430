"""How the old bot's times are read. It parsed what an admin typed as if the server stood at the
venue, so a session's stored time is the venue's wall clock; stamps of rows are true UTC."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

Reading = Literal["wall", "utc"]
# Beyond them no evening was ever booked, and no zone's offset is sure.
FIRST, LAST = datetime(1970, 1, 2, tzinfo=UTC), datetime(2999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """One reading of the times that people typed."""

    zone: ZoneInfo
    reading: Reading = "wall"

    def typed(self, text: object) -> datetime | None:
        """A session's time, in UTC; nothing for what is no time of an evening."""
        naive = _naive(text)
        if naive is None:
            return None
        zone = self.zone if self.reading == "wall" else UTC
        return _within(naive.replace(tzinfo=zone))

    def examples(self, sessions: Sequence[Mapping[str, Any]]) -> Iterator[str]:
        """What some sessions' times become, in words."""
        for session in sessions:
            moment = self.typed(session["startAt"])
            told = f"{moment.astimezone(self.zone):%a %d %b %Y %H:%M}" if moment else "no time"
            utc = f"{moment:%H:%M}" if moment else "-"
            yield f"  {session['startAt']} is {told} in {self.zone.key} ({utc} UTC)"


def stamped(text: object) -> datetime | None:
    """When a row was written, in UTC."""
    naive = _naive(text)
    return None if naive is None else _within(naive.replace(tzinfo=UTC))


def _naive(text: object) -> datetime | None:
    """The database's words for a time, its zone, if there is one, turned into UTC and dropped."""
    try:
        told = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return told.astimezone(UTC).replace(tzinfo=None) if told.tzinfo else told


def _within(moment: datetime) -> datetime | None:
    try:
        utc = moment.astimezone(UTC)
    except OverflowError:
        return None
    return utc if FIRST <= utc <= LAST else None
