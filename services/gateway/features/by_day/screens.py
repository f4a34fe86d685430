"""All sessions by day, with the ways to what is no single session's."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from fotbot.sessions.v1.session_pb2 import (
    SESSION_STATUS_CANCELLED,
    SESSION_STATUS_FINISHED,
    SESSION_STATUS_STARTED,
    Session,
)

from services.gateway.answers import Button, Screen
from services.gateway.calls import Role
from services.gateway.features.approvals.callbacks import ListAwaiting
from services.gateway.features.audit.callbacks import OpenAudit
from services.gateway.features.broadcast.callbacks import WriteBroadcast
from services.gateway.features.by_day.callbacks import (
    FIRST_SPAN,
    LAST_PAGE,
    LAST_SPAN,
    OpenOrganising,
    ShowDays,
)
from services.gateway.features.by_day.pages import Page
from services.gateway.features.moves.callbacks import ListMoves
from services.gateway.features.sessions import views
from services.gateway.features.settings.callbacks import OpenSettings
from services.gateway.texts import Html, Texts, dates

MARKS = {
    SESSION_STATUS_CANCELLED: "❌",
    SESSION_STATUS_STARTED: "▶️",
    SESSION_STATUS_FINISHED: "🏁",
}
"""By status; a planned session has none."""


def days(page: Page, role: Role, texts: Texts) -> Screen:
    first, last = (dates.day_month(day, texts.language) for day in (page.first, page.last))
    title: str = texts("days.title", first=first, last=last)
    if page.index:
        title = f"{title} · {texts('sessions.page', page=page.index + 1)}"
    listed = list(_by_day(page.sessions, texts)) or [texts("days.none")]
    return Screen(
        text="\n\n".join([title, *listed]),
        buttons=(*_opening(page.sessions, texts), *_turning(page, texts), *_ways(role, texts)),
    )


def line(session: Session, texts: Texts) -> Html:
    """`20:00–21:30 · Chilonzor Arena · 7/12`, marked by its status."""
    starts, ends, zone = views.starts(session), views.ends(session), session.venue.time_zone
    facts = [f"{session.taken}/{session.capacity}"]
    if session.waitlisted:
        facts.append(f"⏳ {session.waitlisted}")
    if mark := MARKS.get(session.status):
        facts.append(mark)
    return texts(
        "days.session",
        hours=dates.hours(starts, ends, zone),
        venue=session.venue.name,
        facts=Html(" · ".join(facts)),
    )


def _by_day(sessions: Sequence[Session], texts: Texts) -> Iterator[str]:
    """A block for each day, as the venues' calendars have it."""
    for day, of_day in groupby(
        sessions, lambda of: dates.local(views.starts(of), of.venue.time_zone).date()
    ):
        lines = [line(session, texts) for session in of_day]
        yield "\n".join([f"📅 <b>{dates.day(day, texts.language)}</b>", *lines])


def _opening(sessions: Sequence[Session], texts: Texts) -> Iterator[tuple[Button, ...]]:
    for session in sessions:
        when = views.day_and_hour(session, texts.language)
        label = texts.plain("row.button", when=when, venue=session.venue.name)
        mark = MARKS.get(session.status, "")
        data = OpenOrganising(session_id=session.id)
        yield (Button(text=f"{mark} {label}".strip(), data=data),)


def _turning(page: Page, texts: Texts) -> Iterator[tuple[Button, ...]]:
    """Between the pages of a span, and between spans."""
    pages = [
        Button(
            text=f"{'« ' if to < page.index else ''}{to + 1}{' »' if to > page.index else ''}",
            data=ShowDays(span=page.span, index=to),
        )
        for to in (page.index - 1, page.index + 1)
        if 0 <= to <= LAST_PAGE and (to < page.index or page.more)
    ]
    if pages:
        yield tuple(pages)
    spans = [("days.earlier", page.span - 1), ("days.today", 0), ("days.later", page.span + 1)]
    yield tuple(
        Button(text=texts.plain(key), data=ShowDays(span=span))
        for key, span in spans
        if FIRST_SPAN <= span <= LAST_SPAN and (span, page.index) != (page.span, 0)
    )


def _ways(role: Role, texts: Texts) -> tuple[tuple[Button, ...], ...]:
    rows: list[tuple[Button, ...]] = [
        (
            Button(text=texts.plain("days.awaiting"), data=ListAwaiting()),
            Button(text=texts.plain("days.settings"), data=OpenSettings()),
        )
    ]
    if role >= Role.ADMIN:
        audit = Button(text=texts.plain("days.audit"), data=OpenAudit(session_id=0))
        everybody = WriteBroadcast(session_id=0)
        rows.append((Button(text=texts.plain("days.broadcast"), data=everybody), audit))
        rows.append((Button(text=texts.plain("days.moves"), data=ListMoves()),))
    return tuple(rows)
