"""A session as its screens speak of it: times with their zone, the viewer's entry by name."""

from datetime import UTC, datetime
from functools import lru_cache

from fotbot.sessions.v1.session_pb2 import (
    FORMAT_SIX_A_SIDE,
    REGISTRATION_KIND_TEAM,
    REGISTRATION_STATUS_CONFIRMED,
    REGISTRATION_STATUS_PENDING,
    REGISTRATION_STATUS_REJECTED,
    REGISTRATION_STATUS_WAITLISTED,
    SESSION_STATUS_CANCELLED,
    SESSION_STATUS_FINISHED,
    SESSION_STATUS_STARTED,
    Format,
    Registration,
    Session,
)
from fotbot.sessions.v1.sessions_service_pb2 import SessionView

from services.gateway.features import clock
from services.gateway.texts import Html, Texts, dates

REMEMBERED = 8192
"""Evenings and prices in words, in each language."""

BAR = 10
"""Cells of the bar of places."""

_PLAYED = (SESSION_STATUS_STARTED, SESSION_STATUS_FINISHED)
_CLOSED = (SESSION_STATUS_CANCELLED, *_PLAYED)
_ALIVE = (
    REGISTRATION_STATUS_CONFIRMED,
    REGISTRATION_STATUS_PENDING,
    REGISTRATION_STATUS_WAITLISTED,
)


def starts(session: Session) -> datetime:
    return clock.instant(session.starts_at)


def ends(session: Session) -> datetime:
    return clock.instant(session.ends_at)


def when(session: Session, language: str) -> Html:
    """Of the whole seconds: they are quicker to compare than the moments."""
    begins, ends = session.starts_at.seconds, session.ends_at.seconds
    return _when(begins, ends, session.venue.time_zone, language)


def day_and_hour(session: Session, language: str) -> str:
    """`Wed, 25 Nov 20:00`, for buttons."""
    return _day_and_hour(session.starts_at.seconds, session.venue.time_zone, language)


@lru_cache(REMEMBERED)
def _when(begins: int, ends: int, zone: str, language: str) -> Html:
    start, end = datetime.fromtimestamp(begins, UTC), datetime.fromtimestamp(ends, UTC)
    return Html(dates.when(start, end, zone, language))


@lru_cache(REMEMBERED)
def _day_and_hour(begins: int, zone: str, language: str) -> str:
    start = dates.local(datetime.fromtimestamp(begins, UTC), zone)
    return f"{dates.short_day(start.date(), language)} {dates.clock(start)}"


def price(amount: int, texts: Texts) -> Html:
    """`40 000 so'm`, whose blanks do not break."""
    return _money(amount, texts.language) if amount else texts("price.free")


@lru_cache(REMEMBERED)
def _money(amount: int, language: str) -> Html:
    return Html(dates.money(amount, language))


def format_name(format_: Format.ValueType, texts: Texts) -> str:
    return texts.plain("format.6" if format_ == FORMAT_SIX_A_SIDE else "format.5")


def bar(taken: int, capacity: int) -> str:
    """`▰▰▰▱▱▱▱▱▱▱ 3/10`: it looks full only when it is, empty only when it is."""
    cells = taken * BAR // max(capacity, 1)
    cells = min(max(cells, 1 if taken else 0), BAR)
    return f"{'▰' * cells}{'▱' * (BAR - cells)} {taken}/{capacity}"


def is_full(session: Session) -> bool:
    return session.taken >= session.capacity


def is_cancelled(session: Session) -> bool:
    return session.status == SESSION_STATUS_CANCELLED


def is_played(session: Session) -> bool:
    """The organiser has started it: there are sides, perhaps matches."""
    return session.status in _PLAYED


def is_finished(session: Session) -> bool:
    return session.status == SESSION_STATUS_FINISHED


def is_over(session: Session, now: datetime) -> bool:
    """Nobody comes or goes any more."""
    return session.status in _CLOSED or now >= starts(session)


def is_early(session: Session, now: datetime) -> bool:
    """Registration has yet to open."""
    opens = session.registration_opens_at.seconds
    return opens > 0 and now.timestamp() < opens


def opening(session: Session, language: str) -> str:
    """`Tue, 24 Nov 12:00` by the venue's clock: when registration opens."""
    return clock.moment(session.registration_opens_at, language, session.venue.time_zone)


def takes_squads(session: Session) -> bool:
    """A whole team fits in."""
    return 0 < session.squad_size <= session.capacity


def is_in(view: SessionView) -> bool:
    return view.registration.status == REGISTRATION_STATUS_CONFIRMED


def is_pending(view: SessionView) -> bool:
    return view.registration.status == REGISTRATION_STATUS_PENDING


def is_rejected(view: SessionView) -> bool:
    return view.registration.status == REGISTRATION_STATUS_REJECTED


def is_queued(view: SessionView) -> bool:
    return view.registration.status == REGISTRATION_STATUS_WAITLISTED


def is_alive(view: SessionView) -> bool:
    """There is an entry that holds places or waits for them."""
    return view.registration.status in _ALIVE


def is_teams(registration: Registration) -> bool:
    return registration.kind == REGISTRATION_KIND_TEAM


def is_own(registration: Registration) -> bool:
    """The viewer made the entry himself: paying for it and giving it up is his business."""
    return registration.registered_by in (0, registration.user_id)
