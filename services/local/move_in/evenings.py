"""Old sessions, and old matches that belonged to none, as evenings the import call takes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from fotbot.sessions.v1 import session_pb2
from fotbot.sessions.v1.sessions_import_service_pb2 import ImportedSession

from services.local.move_in.old_bot import Row, number_of, text_of
from services.local.move_in.times import Clock

PRICE = 40_000
SQUAD = 7
LEAST_PLACES, MOST_PLACES = 2, 100
MOST_PRICE = 10_000_000
# An evening that does not say when it ends, or says something else.
USUAL = timedelta(hours=2)
LONGEST = timedelta(hours=12)
SOMEWHERE = "Stadion"
"""What a venue without a name is called, in the old bot's language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """An old session's time and what has become of it by now."""

    starts_at: datetime
    ends_at: datetime
    status: session_pb2.SessionStatus.ValueType

    def is_coming(self, now: datetime) -> bool:
        """Whether people may still come and go."""
        return self.status == session_pb2.SESSION_STATUS_PLANNED and self.starts_at > now

    @property
    def was_played(self) -> bool:
        """Whether it has sides and matches."""
        return self.status != session_pb2.SESSION_STATUS_PLANNED


def when(session: Row, clock: Clock, now: datetime) -> When | None:
    """Nothing without a start. A match that belonged to no session has no status: it was played
    once its time is past."""
    starts_at = clock.typed(session.get("startAt"))
    if starts_at is None:
        return None
    ends_at = _end(starts_at, clock.typed(session.get("endAt")))
    return When(
        starts_at=starts_at,
        ends_at=ends_at,
        status=_status(session, is_over=ends_at <= now, has_begun=starts_at <= now),
    )


def of_session(row: Row, time: When, zone: ZoneInfo) -> ImportedSession:
    """Without its people."""
    venue = ", ".join(part for name in ("stadium", "place") if (part := text_of(row, name, 60)))
    places = number_of(row, "maxTeams") * SQUAD
    return _session(row, time, zone, row["id"], venue, max(places, row["needed"]), PRICE)


def of_match(row: Row, time: When, zone: ZoneInfo) -> ImportedSession:
    """The evening that a match without one was."""
    price = number_of(row, "pricePerUser", least=0, most=MOST_PRICE)
    places = max(2 * number_of(row, "capacityPerTeam"), row["needed"])
    venue = text_of(row, "location", 60)
    return _session(row, time, zone, f"match:{row['id']}", venue, places, price)


def _session(
    row: Row, time: When, zone: ZoneInfo, legacy_id: str, venue: str, places: int, price: int
) -> ImportedSession:
    is_six = text_of(row, "type") == "SIX_V_SIX"
    message = ImportedSession(
        legacy_id=legacy_id,
        venue_name=" ".join(venue.split()).strip(", ") or SOMEWHERE,
        time_zone=zone.key,
        format=session_pb2.FORMAT_SIX_A_SIDE if is_six else session_pb2.FORMAT_FIVE_A_SIDE,
        price=price,
        capacity=min(max(places, LEAST_PLACES), MOST_PLACES),
        squad_size=SQUAD,
        status=time.status,
    )
    message.starts_at.FromDatetime(time.starts_at)
    message.ends_at.FromDatetime(time.ends_at)
    return message


def _end(starts_at: datetime, told: datetime | None) -> datetime:
    """As told; past midnight when it was typed as a time of the same day."""
    if told is None:
        return starts_at + USUAL
    if told <= starts_at:
        told += timedelta(days=1)
    return told if timedelta(0) < told - starts_at <= LONGEST else starts_at + USUAL


def _status(session: Row, *, is_over: bool, has_begun: bool) -> session_pb2.SessionStatus.ValueType:
    """Nobody stopped some sessions, and some were played without being started."""
    status = text_of(session, "status")
    if status == "FINISHED" or (status == "STARTED" and is_over):
        return session_pb2.SESSION_STATUS_FINISHED
    if status == "STARTED":
        return session_pb2.SESSION_STATUS_STARTED
    if has_begun and (not status or session.get("has_matches")):
        return session_pb2.SESSION_STATUS_FINISHED
    return session_pb2.SESSION_STATUS_PLANNED
