"""Evenings and coupons of another bot, many in one statement. The wire's rows are the values here:
nothing else knows them."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from fotbot.common.v1.import_pb2 import ImportResult
from fotbot.sessions.v1 import session_pb2
from fotbot.sessions.v1.sessions_import_service_pb2 import ImportedCoupon, ImportedSession
from google.protobuf.timestamp_pb2 import Timestamp
from sqlalchemy import text

from services.chassis.imports import Batch, Taken, left, moved
from services.sessions.domain.names import venue_name
from services.sessions.domain.refusals import (
    CapacityInvalid,
    PriceInvalid,
    TimeZoneUnknown,
    VenueNameInvalid,
)
from services.sessions.domain.rules import (
    MAX_DURATION,
    check_capacity,
    check_price,
    check_time_zone,
)

SESSION = "session"
COUPON = "coupon"

STATUSES = {
    session_pb2.SESSION_STATUS_PLANNED: "planned",
    session_pb2.SESSION_STATUS_CANCELLED: "cancelled",
    session_pb2.SESSION_STATUS_STARTED: "started",
    session_pb2.SESSION_STATUS_FINISHED: "finished",
}
FORMATS = {
    session_pb2.FORMAT_FIVE_A_SIDE: "five_a_side",
    session_pb2.FORMAT_SIX_A_SIDE: "six_a_side",
}
SQUADS = range(4, 16)
# No timestamptz of the wire is beyond it.
LATEST = datetime(9000, 1, 1, tzinfo=UTC)

_ADD_VENUES = text("""
INSERT INTO venues (name, time_zone, used_at)
SELECT r.venue_name, r.time_zone, least(max(r.starts_at), now())
FROM jsonb_to_recordset(CAST(:rows AS jsonb))
    AS r(venue_name text, time_zone text, starts_at timestamptz)
GROUP BY r.venue_name, r.time_zone ORDER BY 1, 2
ON CONFLICT (name, time_zone) DO NOTHING""")
_ADD_SESSIONS = text("""
INSERT INTO sessions (id, venue_id, starts_at, ends_at, format, price, capacity, squad_size,
    status, organiser_id, needs_approval, man_of_session_id, started_at, finished_at)
SELECT r.id, venues.id, r.starts_at, r.ends_at, r.format, r.price, r.capacity, r.squad_size,
    r.status, r.organiser_id, r.status = 'planned', r.man_of_session_id,
    CASE WHEN r.status IN ('started', 'finished') THEN r.starts_at END,
    CASE WHEN r.status = 'finished' THEN r.ends_at END
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(id bigint, venue_name text, time_zone text,
    starts_at timestamptz, ends_at timestamptz, format text, price bigint, capacity smallint,
    squad_size smallint, status text, organiser_id bigint, man_of_session_id bigint)
JOIN venues ON venues.name = r.venue_name AND venues.time_zone = r.time_zone""")
_ADD_COUPONS = text("""
INSERT INTO coupons (id, user_id, status, issued_at, entry_id, used_at)
SELECT r.id, r.user_id, r.status, r.issued_at, entries.id,
    CASE WHEN r.status = 'used' THEN coalesce(entries.created_at, r.issued_at) END
FROM jsonb_to_recordset(CAST(:rows AS jsonb))
    AS r(id bigint, user_id bigint, status text, issued_at timestamptz, entry_id bigint)
LEFT JOIN entries ON entries.id = r.entry_id AND r.status = 'used'""")


async def take_sessions(batch: Batch, rows: Sequence[ImportedSession]) -> list[ImportResult]:
    """Sessions with nobody in them yet, and their venues."""
    refused = {row.legacy_id: _refusal(row) for row in rows}
    fit = [row for row in rows if not refused[row.legacy_id]]
    ids = await batch.new_ids("sessions", len(fit))
    made = [_session(number, row) for number, row in zip(ids, fit, strict=True)]
    await batch.rows(_ADD_VENUES, made)
    await batch.rows(_ADD_SESSIONS, made)
    taken = [
        Taken(legacy_id=row.legacy_id, id=number) for number, row in zip(ids, fit, strict=True)
    ]
    await batch.take(SESSION, taken)
    return [*outcomes(taken), *(left(row, reason) for row, reason in refused.items() if reason)]


async def take_coupons(batch: Batch, rows: Sequence[ImportedCoupon]) -> list[ImportResult]:
    """Coupons; one that was used names its entry where that is known."""
    fit = [row for row in rows if row.user_id > 0]
    ids = await batch.new_ids("coupons", len(fit))
    numbered = list(zip(ids, fit, strict=True))
    await batch.rows(_ADD_COUPONS, [_coupon(number, row) for number, row in numbered])
    taken = [
        Taken(legacy_id=row.legacy_id, id=number, worth=0 if row.used else 1)
        for number, row in numbered
    ]
    await batch.take(COUPON, taken)
    nobodys = [left(row.legacy_id, "NOBODY") for row in rows if row.user_id <= 0]
    return [*outcomes(taken), *nobodys]


def outcomes(taken: Iterable[Taken]) -> list[ImportResult]:
    """As the wire tells of rows that came in."""
    return [moved(row.legacy_id, row.id) for row in taken]


def moment(stamp: Timestamp) -> datetime:
    """In UTC; what is absurdly late is merely late."""
    far = int(LATEST.timestamp())
    return Timestamp(seconds=min(max(stamp.seconds, 0), far)).ToDatetime(UTC)


def _refusal(row: ImportedSession) -> str:
    """The reason to leave it; empty when it may come in."""
    try:
        venue_name(row.venue_name)
        check_time_zone(row.time_zone)
        check_price(row.price)
        check_capacity(row.capacity)
    except (VenueNameInvalid, TimeZoneUnknown, PriceInvalid, CapacityInvalid) as refusal:
        return refusal.reason
    if row.format not in FORMATS or row.status not in STATUSES or row.squad_size not in SQUADS:
        return "SESSION_INVALID"
    lasts = moment(row.ends_at) - moment(row.starts_at)
    return "" if MAX_DURATION >= lasts > MAX_DURATION * 0 else "TIMES_INVALID"


def _session(number: int, row: ImportedSession) -> dict[str, object]:
    return {
        "id": number,
        "venue_name": venue_name(row.venue_name),
        "time_zone": row.time_zone,
        "starts_at": moment(row.starts_at).isoformat(),
        "ends_at": moment(row.ends_at).isoformat(),
        "format": FORMATS[row.format],
        "price": row.price,
        "capacity": row.capacity,
        "squad_size": row.squad_size,
        "status": STATUSES[row.status],
        "organiser_id": max(row.organiser_id, 0),
        "man_of_session_id": row.man_of_session_id or None,
    }


def _coupon(number: int, row: ImportedCoupon) -> dict[str, object]:
    return {
        "id": number,
        "user_id": row.user_id,
        "status": "used" if row.used else "available",
        "issued_at": moment(row.issued_at).isoformat(),
        "entry_id": row.entry_id or None,
    }
