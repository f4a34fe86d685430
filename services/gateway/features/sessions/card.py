"""One session's card. What may be done is decided by sessions; here is what is worth offering."""

from datetime import datetime
from urllib.parse import urlencode

from fotbot.sessions.v1.session_pb2 import Session
from fotbot.sessions.v1.sessions_service_pb2 import SessionView

from services.gateway.answers import Button, Screen, Style
from services.gateway.calls import Call, Person, Role
from services.gateway.features.edit_session.callbacks import OpenEditing
from services.gateway.features.sessions import views
from services.gateway.features.sessions.callbacks import (
    JoinSession,
    LeaveSession,
    RefreshSession,
    ShowPage,
)
from services.gateway.texts import Texts


def card(view: SessionView, call: Call, note: str = "") -> Screen:
    """The card as the caller sees it, under a note on what has just happened."""
    texts = call.texts
    return Screen(
        text=f"{note}\n\n{text(view, call.now, texts)}" if note else text(view, call.now, texts),
        buttons=buttons(view, call.person, call.now, call.bot_username, texts),
    )


def text(view: SessionView, now: datetime, texts: Texts) -> str:
    session = view.session
    places = [texts("card.places", bar=views.bar(session), left=_left(session, texts))]
    if session.waitlisted:
        places.append(texts("card.waiting", waiting=session.waitlisted))
    blocks = [facts(session, texts), "\n".join(places)]
    if standing := _standing(view, now, texts):
        blocks.append(standing)
    return "\n\n".join(blocks)


def facts(session: Session, texts: Texts) -> str:
    """Where, when, in which format, at what price."""
    return texts(
        "card.facts",
        venue=session.venue.name,
        when=views.when(session, texts.language),
        format=views.format_name(session.format, texts),
        price=views.price(session.price, texts),
    )


def buttons(
    view: SessionView, viewer: Person, now: datetime, bot_username: str, texts: Texts
) -> tuple[tuple[Button, ...], ...]:
    session = view.session
    over = views.is_cancelled(session) or now >= views.starts(session)
    refresh = Button(
        text=texts.plain("sessions.refresh"), data=RefreshSession(session_id=session.id)
    )
    back = Button(text=texts.plain("sessions.list"), data=ShowPage(index=0))
    rows: list[tuple[Button, ...]] = [(back, refresh)]
    if not over:
        rows.insert(0, (_entry(view, texts),))
        rows.append(_handing_on(session, viewer, bot_username, texts))
    return tuple(rows)


def _entry(view: SessionView, texts: Texts) -> Button:
    session_id = view.session.id
    if views.is_in(view) or views.is_queued(view):
        key = "sessions.leave" if views.is_in(view) else "sessions.leave.queue"
        leave = LeaveSession(session_id=session_id)
        return Button(text=texts.plain(key), data=leave, style=Style.DANGER)
    key = "sessions.queue" if views.is_full(view.session) else "sessions.join"
    join = JoinSession(session_id=session_id)
    return Button(text=texts.plain(key), data=join, style=Style.SUCCESS)


def _handing_on(
    session: Session, viewer: Person, bot_username: str, texts: Texts
) -> tuple[Button, ...]:
    link = f"https://t.me/{bot_username}?start=s_{session.id}"
    words = f"{session.venue.name}, {views.when(session, texts.language)}"
    share = f"https://t.me/share/url?{urlencode({'url': link, 'text': words})}"
    share_it = (Button(text=texts.plain("sessions.share"), url=share),)
    runs_it = viewer.role >= Role.ORGANISER and session.organiser_id == viewer.user_id
    if runs_it or viewer.role >= Role.ADMIN:
        edit = OpenEditing(session_id=session.id)
        return (*share_it, Button(text=texts.plain("sessions.edit"), data=edit))
    return share_it


def _left(session: Session, texts: Texts) -> str:
    if views.is_full(session):
        return texts("card.full")
    return texts("card.free_places", free=session.capacity - session.taken)


def _standing(view: SessionView, now: datetime, texts: Texts) -> str:
    if views.is_cancelled(view.session):
        return texts("card.cancelled")
    lines = [texts("card.started")] if now >= views.starts(view.session) else []
    if views.is_in(view):
        lines.append(texts("card.in", place=view.registration.position))
    elif views.is_queued(view):
        lines.append(texts("card.queued", place=view.registration.position))
    return "\n".join(lines)
