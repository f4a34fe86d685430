"""The list of the coming sessions, by page."""

from collections.abc import Sequence

from fotbot.sessions.v1.session_pb2 import (
    REGISTRATION_STATUS_CONFIRMED,
    REGISTRATION_STATUS_PENDING,
    REGISTRATION_STATUS_WAITLISTED,
    Registration,
)
from fotbot.sessions.v1.sessions_service_pb2 import ListSessionsResponse, SessionView

from services.gateway.answers import Button, Screen
from services.gateway.features.ids import carrying
from services.gateway.features.sessions import payments, views
from services.gateway.features.sessions.callbacks import LAST_PAGE, OpenSession, ShowPage
from services.gateway.memo import Memo
from services.gateway.texts import Html, Texts

PAGES_REMEMBERED, ROWS_REMEMBERED = 1024, 8192
Listed = tuple[str, tuple[Button, ...]]
"""A session on a page: its lines, and its row of buttons."""

_firsts = Memo[tuple[ListSessionsResponse, Screen]](PAGES_REMEMBERED)
_rows = Memo[Listed](ROWS_REMEMBERED)


def first(page: ListSessionsResponse, texts: Texts) -> Screen:
    """The first page. Who see the same have the same message, so that it is known by its identity;
    it is kept beside its screen, lest another one takes its place in memory."""

    def made() -> tuple[ListSessionsResponse, Screen]:
        return page, listing(page.sessions, 0, more=bool(page.next_page_token), texts=texts)

    return _firsts.get((id(page), texts), made)[1]


def listing(page: Sequence[SessionView], index: int, *, more: bool, texts: Texts) -> Screen:
    """One page; `more` when another follows it."""
    if not page:
        refresh = Button(text=texts.plain("sessions.refresh"), data=ShowPage(index=0))
        return Screen(text=texts("sessions.none"), buttons=((refresh,),))
    title: str = texts("sessions.title")
    if index:
        title = f"{title} · {texts('sessions.page', page=index + 1)}"
    listed = [_listed(view, texts) for view in page]
    buttons = [button for _, button in listed]
    if turning := _turning(index, more=more):
        buttons.append(turning)
    return Screen(text="\n\n".join([title, *(row for row, _ in listed)]), buttons=tuple(buttons))


def _listed(view: SessionView, texts: Texts) -> Listed:
    """Of a page that has changed most sessions have not."""
    key = (view.SerializeToString(), texts)
    return _rows.get(key, lambda: (row(view, texts), (_opening(view, texts),)))


def row(view: SessionView, texts: Texts) -> str:
    """A session in two lines of a list."""
    session, entry = view.session, view.registration
    facts = f"{session.taken}/{session.capacity} · {views.price(session.price, texts)}"
    if entry.status:
        facts = " · ".join(filter(None, [facts, _entry(entry, texts), _due(view, texts)]))
    return texts(
        "row.session",
        when=views.when(session, texts.language),
        venue=session.venue.name,
        facts=Html(facts),
    )


def played(view: SessionView, texts: Texts) -> str:
    """A session that has begun, in two lines of a list."""
    session = view.session
    over = views.is_finished(session)
    facts = [texts("card.finished") if over else texts("card.started"), _due(view, texts)]
    return texts(
        "row.session",
        when=views.when(session, texts.language),
        venue=session.venue.name,
        facts=Html(" · ".join(filter(None, facts))),
    )


def _entry(entry: Registration, texts: Texts) -> str:
    status = entry.status
    if status == REGISTRATION_STATUS_WAITLISTED:
        return texts("row.queued", place=entry.position)
    if status == REGISTRATION_STATUS_PENDING:
        return texts("row.pending")
    if status == REGISTRATION_STATUS_CONFIRMED:
        team = views.is_teams(entry)
        return texts("row.team") if team else texts("row.in", place=entry.position)
    return ""


def _due(view: SessionView, texts: Texts) -> str:
    due = payments.is_payable(view) and payments.is_due(view.registration.payment)
    return texts("row.due") if due else ""


def opening(page: Sequence[SessionView], texts: Texts) -> tuple[tuple[Button, ...], ...]:
    """One row for each session, to its card."""
    return tuple([(_opening(view, texts),) for view in page])


def _opening(view: SessionView, texts: Texts) -> Button:
    session = view.session
    when = views.day_and_hour(session, texts.language)
    label = texts.plain("row.button", when=when, venue=session.venue.name)
    return Button(text=label, data=carrying(OpenSession, session.id))


def _turning(index: int, *, more: bool) -> tuple[Button, ...]:
    back = (Button(text=f"« {index}", data=ShowPage(index=index - 1)),) if index else ()
    if not more or index == LAST_PAGE:
        return back
    return (*back, Button(text=f"{index + 2} »", data=ShowPage(index=index + 1)))
