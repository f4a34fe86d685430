"""Who waits for a decision, a session's entries, and the question for a reason."""

from collections.abc import Mapping, Sequence

from fotbot.sessions.v1.entries_service_pb2 import Awaiting
from fotbot.sessions.v1.entry_pb2 import Entry
from fotbot.sessions.v1.session_pb2 import REGISTRATION_KIND_TEAM

from services.gateway.answers import Button, Screen
from services.gateway.features.approvals import words
from services.gateway.features.approvals.callbacks import LAST_PAGE, OpenEntries, OpenEntry
from services.gateway.features.approvals.reading import PAGE, Page
from services.gateway.features.by_day.callbacks import OpenOrganising, ShowDays
from services.gateway.features.cancel.callbacks import LeaveConversation
from services.gateway.features.sessions import views
from services.gateway.texts import Html, Texts
from services.gateway.texts.typed import shown

SESSIONS = 15
"""Sessions on the list of those that wait: the soonest."""


def awaiting(found: Sequence[Awaiting], texts: Texts) -> Screen:
    back = Button(text=texts.plain("organising.days"), data=ShowDays())
    if not found:
        return Screen(text=texts("awaiting.none"), buttons=((back,),))
    rows = [
        (
            Button(
                text=texts.plain(
                    "awaiting.button",
                    when=views.day_and_hour(waiting.session, texts.language),
                    venue=waiting.session.venue.name,
                    count=waiting.entries,
                ),
                data=OpenEntries(session_id=waiting.session.id),
            ),
        )
        for waiting in found[:SESSIONS]
    ]
    total = texts.plural("organising.awaiting", sum(waiting.entries for waiting in found))
    text = f"{texts('awaiting.title')}\n\n{total}"
    return Screen(text=text, buttons=(*rows, (back,)))


def entries(page: Page, known: Mapping[int, str], texts: Texts, note: str = "") -> Screen:
    """One page of them; `note` tells what has just happened."""
    title: str = texts("entries.title", count=page.total)
    if page.index:
        title = f"{title} · {texts('sessions.page', page=page.index + 1)}"
    first = page.index * PAGE + 1
    lines = [
        f"{number}. {_line(entry, known, texts)}"
        for number, entry in enumerate(page.entries, first)
    ]
    back = Button(
        text=texts.plain("approvals.back"), data=OpenOrganising(session_id=page.session_id)
    )
    blocks = [note, title, "\n".join(lines) or texts("entries.none")]
    return Screen(
        text="\n\n".join(block for block in blocks if block),
        buttons=(
            *(
                (Button(text=_label(entry, known), data=OpenEntry(entry_id=entry.id)),)
                for entry in page.entries
            ),
            *_turning(page),
            (back,),
        ),
    )


def ask_reason(name: str, texts: Texts, problem: str = "") -> Screen:
    question = texts("approvals.reason.ask", name=name)
    out = Button(text=texts.plain("cancel.button"), data=LeaveConversation())
    return Screen(text=f"⚠️ {problem}\n\n{question}" if problem else question, buttons=((out,),))


def _line(entry: Entry, known: Mapping[int, str], texts: Texts) -> Html:
    facts = [words.standing(entry, texts)]
    if entry.HasField("payment"):
        facts.append(words.money(entry.payment, texts))
    return texts(
        "entries.team" if entry.kind == REGISTRATION_KIND_TEAM else "entries.individual",
        name=known.get(entry.user_id, ""),
        facts=Html(" · ".join(facts)),
    )


def _label(entry: Entry, known: Mapping[int, str]) -> str:
    mark = "👥" if entry.kind == REGISTRATION_KIND_TEAM else "👤"
    return (
        f"{'🔔 ' if words.is_awaiting(entry) else ''}{mark} {shown(known.get(entry.user_id, ''))}"
    )


def _turning(page: Page) -> tuple[tuple[Button, ...], ...]:
    buttons = []
    if page.index:
        data = OpenEntries(session_id=page.session_id, index=page.index - 1)
        buttons.append(Button(text=f"« {page.index}", data=data))
    if page.more and page.index < LAST_PAGE:
        data = OpenEntries(session_id=page.session_id, index=page.index + 1)
        buttons.append(Button(text=f"{page.index + 2} »", data=data))
    return (tuple(buttons),) if buttons else ()
