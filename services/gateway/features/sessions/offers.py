"""The buttons under a session's card: what is worth offering to this person now."""

from functools import cache, lru_cache
from urllib.parse import quote_plus

from fotbot.sessions.v1.session_pb2 import Session
from fotbot.sessions.v1.sessions_service_pb2 import SessionView

from services.gateway.answers import Button, Style
from services.gateway.calls import Call, Role
from services.gateway.features.by_day.callbacks import OpenOrganising
from services.gateway.features.edit_session.callbacks import OpenEditing
from services.gateway.features.entries.callbacks import ChooseTeam
from services.gateway.features.evening.callbacks import OpenEvening
from services.gateway.features.ids import carrying
from services.gateway.features.paying.callbacks import OpenPaying
from services.gateway.features.sessions import payments, views
from services.gateway.features.sessions.callbacks import (
    JoinSession,
    LeaveSession,
    RefreshSession,
    ShowPage,
)
from services.gateway.texts import Texts

Row = tuple[Button, ...]
QUOTED_REMEMBERED = 8192
_LIST = carrying(ShowPage, 0)


def buttons(view: SessionView, call: Call, *, over: bool) -> tuple[Row, ...]:
    """In rows, those that matter most on top. `over`: nobody comes or goes any more."""
    session, texts = view.session, call.texts
    id_, runs = session.id, _runs(session, call)
    rows = [_playing(session, texts), _paying(view, texts)]
    if not over:
        rows += _entry(view, texts)
    rows.append(
        (
            Button(text=texts.plain("sessions.list"), data=_LIST),
            Button(text=texts.plain("sessions.refresh"), data=carrying(RefreshSession, id_)),
        )
    )
    if not over:
        rows.append(_handing_on(session, call, runs=runs))
    if runs:
        organise = texts.plain("sessions.organise")
        rows.append((Button(text=organise, data=carrying(OpenOrganising, id_)),))
    return tuple(filter(None, rows))


def _playing(session: Session, texts: Texts) -> Row:
    if not views.is_played(session):
        return ()
    evening = carrying(OpenEvening, session.id)
    return (Button(text=texts.plain("sessions.evening"), data=evening),)


def _paying(view: SessionView, texts: Texts) -> Row:
    if views.is_cancelled(view.session) or not payments.is_payable(view):
        return ()
    paying = carrying(OpenPaying, view.session.id)
    if payments.is_due(view.registration.payment):
        return (Button(text=texts.plain("sessions.pay"), data=paying, style=Style.PRIMARY),)
    return (Button(text=texts.plain("sessions.receipt"), data=paying),)


def _entry(view: SessionView, texts: Texts) -> tuple[Row, ...]:
    session_id = view.session.id
    if not views.is_alive(view):
        key = "sessions.queue" if views.is_full(view.session) else "sessions.join"
        join = carrying(JoinSession, session_id)
        alone = (Button(text=texts.plain(key), data=join, style=Style.SUCCESS),)
        if not views.takes_squads(view.session):
            return (alone,)
        team = carrying(ChooseTeam, session_id)
        return (alone, (Button(text=texts.plain("sessions.team"), data=team),))
    if not views.is_own(view.registration):
        return ()
    leave = carrying(LeaveSession, session_id)
    return ((Button(text=_leaving(view, texts), data=leave, style=Style.DANGER),),)


def _leaving(view: SessionView, texts: Texts) -> str:
    if views.is_queued(view):
        return texts.plain("sessions.leave.queue")
    if views.is_teams(view.registration):
        return texts.plain("sessions.leave.team")
    return texts.plain("sessions.leave")


def _handing_on(session: Session, call: Call, *, runs: bool) -> Row:
    texts = call.texts
    words = f"{quoted(session.venue.name)}%2C+{quoted(views.when(session, texts.language))}"
    share = f"{_sharing(call.bot_username)}{session.id}&text={words}"
    share_it = Button(text=texts.plain("sessions.share"), url=share)
    if not runs:
        return (share_it,)
    edit = carrying(OpenEditing, session.id)
    return (share_it, Button(text=texts.plain("sessions.edit"), data=edit))


@cache
def _sharing(bot_username: str) -> str:
    """Telegram's own page for it, with the beginning of a card's link."""
    return f"https://t.me/share/url?url={quote_plus(f'https://t.me/{bot_username}?start=s_')}"


class _Quoted(dict[int, str]):
    """How a link writes each character, found out once."""

    def __missing__(self, character: int) -> str:
        self[character] = quote_plus(chr(character))
        return self[character]


_quoted = _Quoted()


@lru_cache(QUOTED_REMEMBERED)
def quoted(text: str) -> str:
    """What `quote_plus` makes of it, which is slow."""
    return text.translate(_quoted)


def _runs(session: Session, call: Call) -> bool:
    person = call.person
    own = person.role >= Role.ORGANISER and session.organiser_id == person.user_id
    return own or person.role >= Role.ADMIN
