"""The buttons under a session's card: what is worth offering to this person now."""

from urllib.parse import urlencode

from fotbot.sessions.v1.session_pb2 import Session
from fotbot.sessions.v1.sessions_service_pb2 import SessionView

from services.gateway.answers import Button, Style
from services.gateway.calls import Call, Role
from services.gateway.features.by_day.callbacks import OpenOrganising
from services.gateway.features.edit_session.callbacks import OpenEditing
from services.gateway.features.entries.callbacks import ChooseTeam
from services.gateway.features.evening.callbacks import OpenEvening
from services.gateway.features.paying.callbacks import OpenPaying
from services.gateway.features.sessions import payments, views
from services.gateway.features.sessions.callbacks import (
    JoinSession,
    LeaveSession,
    RefreshSession,
    ShowPage,
)
from services.gateway.memo import Memo
from services.gateway.texts import Texts

Row = tuple[Button, ...]
REMEMBERED = 1024
_remembered = Memo[tuple[Row, ...]](REMEMBERED)


def buttons(view: SessionView, call: Call) -> tuple[Row, ...]:
    """The same few hang under most cards of a session."""
    return _remembered.get(_key(view, call), lambda: _buttons(view, call))


def _key(view: SessionView, call: Call) -> tuple[object, ...]:
    """All that the buttons depend on."""
    session, entry = view.session, view.registration
    return (
        call.texts,
        call.bot_username,
        _runs(session, call),
        views.is_over(session, call.now),
        session.id,
        session.status,
        session.venue.name,
        views.when(session, call.texts.language),
        views.is_full(session),
        views.takes_squads(session),
        entry.status,
        views.is_own(entry),
        views.is_teams(entry),
        payments.is_payable(view),
        payments.is_due(entry.payment),
    )


def _buttons(view: SessionView, call: Call) -> tuple[Row, ...]:
    session, texts = view.session, call.texts
    over = views.is_over(session, call.now)
    refresh = RefreshSession(session_id=session.id)
    rows = [
        _playing(session, texts),
        _paying(view, texts),
        *([] if over else _entry(view, texts)),
        (
            Button(text=texts.plain("sessions.list"), data=ShowPage(index=0)),
            Button(text=texts.plain("sessions.refresh"), data=refresh),
        ),
        () if over else _handing_on(session, call),
        _organising(session, call),
    ]
    return tuple(filter(None, rows))


def _playing(session: Session, texts: Texts) -> Row:
    if not views.is_played(session):
        return ()
    evening = OpenEvening(session_id=session.id)
    return (Button(text=texts.plain("sessions.evening"), data=evening),)


def _paying(view: SessionView, texts: Texts) -> Row:
    if views.is_cancelled(view.session) or not payments.is_payable(view):
        return ()
    paying = OpenPaying(session_id=view.session.id)
    if payments.is_due(view.registration.payment):
        return (Button(text=texts.plain("sessions.pay"), data=paying, style=Style.PRIMARY),)
    return (Button(text=texts.plain("sessions.receipt"), data=paying),)


def _entry(view: SessionView, texts: Texts) -> tuple[Row, ...]:
    session_id = view.session.id
    if not views.is_alive(view):
        key = "sessions.queue" if views.is_full(view.session) else "sessions.join"
        join = JoinSession(session_id=session_id)
        alone = (Button(text=texts.plain(key), data=join, style=Style.SUCCESS),)
        if not views.takes_squads(view.session):
            return (alone,)
        team = ChooseTeam(session_id=session_id)
        return (alone, (Button(text=texts.plain("sessions.team"), data=team),))
    if not views.is_own(view.registration):
        return ()
    leave = LeaveSession(session_id=session_id)
    return ((Button(text=_leaving(view, texts), data=leave, style=Style.DANGER),),)


def _leaving(view: SessionView, texts: Texts) -> str:
    if views.is_queued(view):
        return texts.plain("sessions.leave.queue")
    if views.is_teams(view.registration):
        return texts.plain("sessions.leave.team")
    return texts.plain("sessions.leave")


def _handing_on(session: Session, call: Call) -> Row:
    texts = call.texts
    link = f"https://t.me/{call.bot_username}?start=s_{session.id}"
    words = f"{session.venue.name}, {views.when(session, texts.language)}"
    share = f"https://t.me/share/url?{urlencode({'url': link, 'text': words})}"
    share_it = Button(text=texts.plain("sessions.share"), url=share)
    if not _runs(session, call):
        return (share_it,)
    edit = OpenEditing(session_id=session.id)
    return (share_it, Button(text=texts.plain("sessions.edit"), data=edit))


def _organising(session: Session, call: Call) -> Row:
    if not _runs(session, call):
        return ()
    organising = OpenOrganising(session_id=session.id)
    return (Button(text=call.texts.plain("sessions.organise"), data=organising),)


def _runs(session: Session, call: Call) -> bool:
    person = call.person
    own = person.role >= Role.ORGANISER and session.organiser_id == person.user_id
    return own or person.role >= Role.ADMIN
