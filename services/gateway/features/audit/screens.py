"""What was done, a line each, and the ways to older and newer."""

from collections.abc import Mapping, Sequence

from fotbot.common.v1.audit_pb2 import AuditEntry

from services.gateway.answers import Button, Screen
from services.gateway.features import clock
from services.gateway.features.audit.callbacks import OpenAudit, OpenPeopleAudit
from services.gateway.features.audit.notes import said
from services.gateway.features.by_day.callbacks import OpenOrganising, ShowDays
from services.gateway.texts import Html, Texts

ACTIONS: Mapping[str, str] = {
    "attendance.mark": "audit.attendance.mark",
    "broadcast.create": "audit.broadcast.create",
    "broadcast.stop": "audit.broadcast.stop",
    "entry.approve": "audit.entry.approve",
    "entry.reject": "audit.entry.reject",
    "match.add": "audit.match.add",
    "match.finish": "audit.match.finish",
    "match.goal": "audit.match.goal",
    "match.reopen": "audit.match.reopen",
    "match.undo": "audit.match.undo",
    "move.approve": "audit.move.approve",
    "move.reject": "audit.move.reject",
    "refund.not_received": "audit.refund.not_received",
    "refund.refunded": "audit.refund.refunded",
    "refused": "audit.refused",
    "role.appoint": "audit.role.appoint",
    "role.remove": "audit.role.remove",
    "session.cancel": "audit.session.cancel",
    "session.create": "audit.session.create",
    "session.edit": "audit.session.edit",
    "session.finish": "audit.session.finish",
    "session.man": "audit.session.man",
    "session.start": "audit.session.start",
    "settings.edit": "audit.settings.edit",
    "venue.create": "audit.venue.create",
}
"""What the services write down, in words; one that is newer than this code is shown as it is."""

Known = Mapping[int, str]
Row = tuple[Button, ...]


def of_sessions(
    entries: Sequence[AuditEntry],
    known: Known,
    asked: OpenAudit,
    more: bool,
    texts: Texts,
    *,
    to_people: bool,
) -> Screen:
    """Of one session, or of all; admins get on to what was done with people."""
    of = asked.session_id
    older = OpenAudit(session_id=of, before_id=entries[-1].id) if more else None
    newest = OpenAudit(session_id=of) if asked.before_id else None
    up = OpenOrganising(session_id=of) if of else ShowDays()
    rows = [_turning(older, newest, texts)]
    if to_people and not of:
        rows.append((Button(text=texts.plain("audit.people"), data=OpenPeopleAudit()),))
    rows.append((Button(text=texts.plain("approvals.back"), data=up),))
    title = texts("audit.title.session" if of else "audit.title")
    return _screen(title, [_line(entry, known, texts, not of) for entry in entries], rows, texts)


def of_people(
    entries: Sequence[AuditEntry], known: Known, asked: OpenPeopleAudit, more: bool, texts: Texts
) -> Screen:
    older = OpenPeopleAudit(before_id=entries[-1].id) if more else None
    newest = OpenPeopleAudit() if asked.before_id else None
    sessions = Button(text=texts.plain("audit.sessions"), data=OpenAudit())
    back = Button(text=texts.plain("approvals.back"), data=ShowDays())
    rows = [_turning(older, newest, texts), (sessions,), (back,)]
    lines = [_line(entry, known, texts, False) for entry in entries]
    return _screen(texts("audit.title.people"), lines, rows, texts)


def _screen(title: Html, lines: Sequence[str], rows: Sequence[Row], texts: Texts) -> Screen:
    return Screen(
        text="\n\n".join([title, *(lines or [texts("audit.none")])]),
        buttons=tuple(row for row in rows if row),
    )


def _line(entry: AuditEntry, known: Known, texts: Texts, names_session: bool) -> str:
    """When and who; what, to whom, in which words."""
    key = ACTIONS.get(entry.action)
    facts = [texts(key) if key else texts("audit.other", action=entry.action)]
    if entry.subject_id:
        facts.append(texts("audit.subject", name=known[entry.subject_id]))
    if names_session and entry.session_id:
        facts.append(texts("audit.session", number=entry.session_id))
    if note := said(entry, texts):
        facts.append(texts("audit.note", note=note))
    return texts(
        "audit.line",
        at=clock.moment(entry.at, texts.language),
        name=known.get(entry.actor_id, ""),
        facts=Html(" · ".join(facts)),
    )


def _turning(
    older: OpenAudit | OpenPeopleAudit | None,
    newest: OpenAudit | OpenPeopleAudit | None,
    texts: Texts,
) -> Row:
    ways = (("audit.newest", newest), ("audit.older", older))
    return tuple(Button(text=texts.plain(key), data=data) for key, data in ways if data)
