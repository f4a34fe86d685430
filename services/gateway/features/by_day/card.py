"""One session as who runs it sees it. What may be done is decided by sessions; here is what is
worth offering, by status."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from aiogram.filters.callback_data import CallbackData
from fotbot.sessions.v1.session_pb2 import (
    SESSION_STATUS_CANCELLED,
    SESSION_STATUS_FINISHED,
    SESSION_STATUS_PLANNED,
    SESSION_STATUS_STARTED,
    Session,
)

from services.gateway.answers import Button, Screen
from services.gateway.features.approvals.callbacks import OpenAttendance, OpenEntries
from services.gateway.features.audit.callbacks import OpenAudit
from services.gateway.features.broadcast.callbacks import WriteBroadcast
from services.gateway.features.by_day.callbacks import ShowDays
from services.gateway.features.edit_session.callbacks import OpenEditing
from services.gateway.features.evening.callbacks import OpenEvening, StartEvening
from services.gateway.features.sessions import views
from services.gateway.features.sessions.callbacks import OpenSession
from services.gateway.features.sessions.card import facts
from services.gateway.texts import Texts

BEFORE_START = timedelta(hours=1)
"""From then on an evening can be started, by the wire."""

Ways = tuple[tuple[str, CallbackData], ...]

STATUSES: Mapping[int, str] = {
    SESSION_STATUS_PLANNED: "organising.planned",
    SESSION_STATUS_CANCELLED: "organising.cancelled",
    SESSION_STATUS_STARTED: "organising.started",
    SESSION_STATUS_FINISHED: "organising.finished",
}


def own(session: Session, awaiting: int, now: datetime, texts: Texts) -> Screen:
    """`awaiting`: how many of its entries wait for a decision."""
    text = _text(session, texts)
    if awaiting:
        text = f"{text}\n\n{texts.plural('organising.awaiting', awaiting)}"
    buttons = [Button(text=texts.plain(key), data=data) for key, data in _ways(session, now)]
    rows = [tuple(buttons[n : n + 2]) for n in range(0, len(buttons), 2)]
    return Screen(text=text, buttons=(*rows, _leaving(session, texts)))


def of_another(session: Session, texts: Texts) -> Screen:
    """Another organiser's: to look at."""
    text = f"{_text(session, texts)}\n\n{texts('organising.another')}"
    return Screen(text=text, buttons=(_leaving(session, texts),))


def _text(session: Session, texts: Texts) -> str:
    places = [views.bar(session.taken, session.capacity)]
    if session.waitlisted:
        places.append(texts("card.waiting", waiting=session.waitlisted))
    lines = [
        texts(STATUSES.get(session.status, "organising.planned")),
        texts.plural("create.squad", session.squad_size),
    ]
    if session.needs_approval:
        lines.append(texts("create.chosen.approval"))
    return "\n\n".join([facts(session, texts), "\n".join(places), "\n".join(lines)])


def _ways(session: Session, now: datetime) -> Ways:
    of = session.id
    entries = ("organising.entries", OpenEntries(session_id=of))
    attendance = ("organising.attendance", OpenAttendance(session_id=of))
    broadcast = ("organising.broadcast", WriteBroadcast(session_id=of))
    audit = ("organising.audit", OpenAudit(session_id=of))
    if session.status == SESSION_STATUS_CANCELLED:
        return (entries, audit)
    if session.status in (SESSION_STATUS_STARTED, SESSION_STATUS_FINISHED):
        evening = ("organising.evening", OpenEvening(session_id=of))
        return (evening, entries, attendance, broadcast, audit)
    ways: Ways = (entries, broadcast, audit)
    if now < views.starts(session):
        ways = (entries, ("sessions.edit", OpenEditing(session_id=of)), broadcast, audit)
    if now >= views.starts(session) - BEFORE_START:
        ways = (("organising.start", StartEvening(session_id=of)), attendance, *ways)
    return ways


def _leaving(session: Session, texts: Texts) -> tuple[Button, ...]:
    return (
        Button(text=texts.plain("organising.days"), data=ShowDays()),
        Button(text=texts.plain("organising.card"), data=OpenSession(session_id=session.id)),
    )
