"""Evenings as an iCalendar file (RFC 5545): pure."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from fotbot.sessions.v1.league_service_pb2 import ExportedEvening

LONGEST_LINE = 75
"""Octets."""


def calendar(evenings: Iterable[ExportedEvening], bot: str, made_at: datetime) -> bytes:
    """One event for each; importing a newer file changes those of before."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Fotbot//Evenings//EN",
        "CALSCALE:GREGORIAN",
        *(line for one in evenings for line in _event(one, bot, made_at)),
        "END:VCALENDAR",
    ]
    return b"".join(_folded(line) for line in lines)


def _event(one: ExportedEvening, bot: str, made_at: datetime) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:session-{one.session_id}@{bot}"
    yield f"DTSTAMP:{_moment(made_at)}"
    yield f"DTSTART:{_moment(one.starts_at.ToDatetime(UTC))}"
    yield f"DTEND:{_moment(one.ends_at.ToDatetime(UTC))}"
    yield f"SEQUENCE:{one.version}"
    yield f"SUMMARY:{_text('⚽ ' + one.venue_name)}"
    yield f"LOCATION:{_text(one.venue_name)}"
    yield f"STATUS:{'CANCELLED' if one.cancelled else 'CONFIRMED'}"
    yield "END:VEVENT"


def _moment(at: datetime) -> str:
    return f"{at:%Y%m%dT%H%M%SZ}"


def _text(value: str) -> str:
    for sign in ("\\", ";", ","):
        value = value.replace(sign, "\\" + sign)
    return value.replace("\r", "").replace("\n", "\\n")


def _folded(line: str) -> bytes:
    """A long line goes on in the next, which begins with a blank; no letter is cut in two."""
    pieces: list[bytes] = [b""]
    for letter in line:
        octets = letter.encode()
        if len(pieces[-1]) + len(octets) > LONGEST_LINE:
            pieces.append(b" ")
        pieces[-1] += octets
    return b"\r\n".join(pieces) + b"\r\n"
