"""A session as its screens speak of it: times with their zone, the viewer's entry by name."""

from datetime import UTC, datetime

from fotbot.sessions.v1.session_pb2 import (
    FORMAT_SIX_A_SIDE,
    REGISTRATION_STATUS_CONFIRMED,
    REGISTRATION_STATUS_WAITLISTED,
    SESSION_STATUS_CANCELLED,
    Format,
    Session,
)
from fotbot.sessions.v1.sessions_service_pb2 import SessionView

from services.gateway.texts import Html, Texts, dates

BAR = 10
"""Cells of the bar of places."""


def starts(session: Session) -> datetime:
    return session.starts_at.ToDatetime(tzinfo=UTC)


def ends(session: Session) -> datetime:
    return session.ends_at.ToDatetime(tzinfo=UTC)


def when(session: Session, language: str) -> str:
    return dates.when(starts(session), ends(session), session.venue.time_zone, language)


def day_and_hour(session: Session, language: str) -> str:
    """`Wed, 25 Nov 20:00`, for buttons."""
    start = dates.local(starts(session), session.venue.time_zone)
    return f"{dates.short_day(start.date(), language)} {start:%H:%M}"


def price(amount: int, texts: Texts) -> Html:
    """`40 000 so'm`, whose blanks do not break."""
    return Html(dates.money(amount, texts.language)) if amount else texts("price.free")


def format_name(format_: Format.ValueType, texts: Texts) -> str:
    return texts.plain("format.6" if format_ == FORMAT_SIX_A_SIDE else "format.5")


def bar(session: Session) -> str:
    """`▰▰▰▱▱▱▱▱▱▱ 3/10`: it looks full only when it is, empty only when it is."""
    cells = session.taken * BAR // max(session.capacity, 1)
    cells = min(max(cells, 1 if session.taken else 0), BAR)
    return f"{'▰' * cells}{'▱' * (BAR - cells)} {session.taken}/{session.capacity}"


def is_full(session: Session) -> bool:
    return session.taken >= session.capacity


def is_cancelled(session: Session) -> bool:
    return session.status == SESSION_STATUS_CANCELLED


def is_in(view: SessionView) -> bool:
    return view.registration.status == REGISTRATION_STATUS_CONFIRMED


def is_queued(view: SessionView) -> bool:
    return view.registration.status == REGISTRATION_STATUS_WAITLISTED
