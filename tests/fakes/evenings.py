"""Sessions, venues and entries as the wire carries them, for screens."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from fotbot.sessions.v1.session_pb2 import (
    FORMAT_SIX_A_SIDE,
    REGISTRATION_STATUS_CONFIRMED,
    REGISTRATION_STATUS_WAITLISTED,
    SESSION_STATUS_PLANNED,
    Registration,
    Session,
    Venue,
)
from fotbot.sessions.v1.sessions_service_pb2 import SessionView
from google.protobuf.timestamp_pb2 import Timestamp

from tests.fakes.asking import NOW

ARENA = Venue(id=3, name="Chilonzor Arena", time_zone="Asia/Tashkent")


def evening(session_id: int = 12, **changed: Any) -> Session:
    """Tomorrow from 20:00 to 21:30 in Tashkent, 7 of 12 places taken, run by person 99."""
    starts = changed.pop("starts", NOW + timedelta(days=1, hours=6))
    known: dict[str, Any] = {
        "venue": ARENA,
        "format": FORMAT_SIX_A_SIDE,
        "price": 40_000,
        "capacity": 12,
        "taken": 7,
        "squad_size": 7,
        "status": SESSION_STATUS_PLANNED,
        "organiser_id": 99,
    }
    times = {"starts_at": stamp(starts), "ends_at": stamp(starts + timedelta(minutes=90))}
    return Session(id=session_id, **{**known, **times, **changed})


def seen(session: Session | None = None, **entry: int) -> SessionView:
    """The session with the viewer's entry: `place` or `queue` says which."""
    session = session or evening()
    if "place" in entry:
        status, position = REGISTRATION_STATUS_CONFIRMED, entry["place"]
    elif "queue" in entry:
        status, position = REGISTRATION_STATUS_WAITLISTED, entry["queue"]
    else:
        return SessionView(session=session)
    registration = Registration(session_id=session.id, user_id=7, status=status, position=position)
    return SessionView(session=session, registration=registration)


def stamp(moment: datetime) -> Timestamp:
    """The moment on the wire."""
    made = Timestamp()
    made.FromDatetime(moment)
    return made
