"""The list of the coming sessions, by page."""

from collections.abc import Sequence

from fotbot.sessions.v1.sessions_service_pb2 import SessionView

from services.gateway.answers import Button, Screen
from services.gateway.features.ids import carrying
from services.gateway.features.sessions import payments, views
from services.gateway.features.sessions.callbacks import LAST_PAGE, OpenSession, ShowPage
from services.gateway.memo import Memo
from services.gateway.texts import Html, Texts

PAGES_REMEMBERED = 1024
_pages = Memo[Screen](PAGES_REMEMBERED)


def listing(page: Sequence[SessionView], index: int, *, more: bool, texts: Texts) -> Screen:
    """One page; `more` when another follows it."""
    seen = tuple([view.SerializeToString() for view in page])
    key = (seen, index, more, texts)
    return _pages.get(key, lambda: _listing(page, index, more=more, texts=texts))


def _listing(page: Sequence[SessionView], index: int, *, more: bool, texts: Texts) -> Screen:
    if not page:
        refresh = Button(text=texts.plain("sessions.refresh"), data=ShowPage(index=0))
        return Screen(text=texts("sessions.none"), buttons=((refresh,),))
    title: str = texts("sessions.title")
    if index:
        title = f"{title} · {texts('sessions.page', page=index + 1)}"
    turning = _turning(index, more=more)
    return Screen(
        text="\n\n".join([title, *(row(view, texts) for view in page)]),
        buttons=(*opening(page, texts), *((turning,) if turning else ())),
    )


def row(view: SessionView, texts: Texts) -> str:
    """A session in two lines of a list."""
    session = view.session
    facts = [f"{session.taken}/{session.capacity}", views.price(session.price, texts)]
    facts += filter(None, [_entry(view, texts), _due(view, texts)])
    return texts(
        "row.session",
        when=views.when(session, texts.language),
        venue=session.venue.name,
        facts=Html(" · ".join(facts)),
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


def _entry(view: SessionView, texts: Texts) -> str:
    entry = view.registration
    if views.is_queued(view):
        return texts("row.queued", place=entry.position)
    if views.is_pending(view):
        return texts("row.pending")
    if views.is_in(view):
        team = views.is_teams(entry)
        return texts("row.team") if team else texts("row.in", place=entry.position)
    return ""


def _due(view: SessionView, texts: Texts) -> str:
    due = payments.is_payable(view) and payments.is_due(view.registration.payment)
    return texts("row.due") if due else ""


def opening(page: Sequence[SessionView], texts: Texts) -> tuple[tuple[Button, ...], ...]:
    """One row for each session, to its card."""
    return tuple(
        (
            Button(
                text=texts.plain(
                    "row.button",
                    when=views.day_and_hour(view.session, texts.language),
                    venue=view.session.venue.name,
                ),
                data=carrying(OpenSession, view.session.id),
            ),
        )
        for view in page
    )


def _turning(index: int, *, more: bool) -> tuple[Button, ...]:
    back = (Button(text=f"« {index}", data=ShowPage(index=index - 1)),) if index else ()
    if not more or index == LAST_PAGE:
        return back
    return (*back, Button(text=f"{index + 2} »", data=ShowPage(index=index + 1)))
