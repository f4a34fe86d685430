"""What services noted beside a deed, in the reader's words: they write the names of fields and
moments in UTC, for no language in particular."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from fotbot.common.v1.audit_pb2 import AuditEntry

from services.gateway.features import clock
from services.gateway.texts import Html, Texts, dates, typed_at_length

LONGEST = 100
"""Characters of a note that a line shows."""

NAMED = frozenset({"session.edit", "settings.edit"})
"""Their notes begin with a field's name, part by part."""

FIELDS: Mapping[str, str] = {
    "venue": "audit.field.venue",
    "starts_at": "audit.field.starts_at",
    "ends_at": "audit.field.ends_at",
    "price": "audit.field.price",
    "capacity": "audit.field.capacity",
    "opens_at": "audit.field.opens_at",
    "payee": "audit.field.payee",
    "requisites": "audit.field.requisites",
    "default_price": "audit.field.default_price",
}
CAME: Mapping[str, str] = {"came": "audit.came", "did not come": "audit.did_not_come"}

TRIED: Mapping[str, str] = {
    "AddMatch": "audit.match.add",
    "AppointOrganiser": "audit.role.appoint",
    "ApproveEntry": "audit.entry.approve",
    "CancelSession": "audit.session.cancel",
    "ChooseManOfSession": "audit.session.man",
    "CreateBroadcast": "audit.broadcast.create",
    "CreateSession": "audit.session.create",
    "CreateVenue": "audit.venue.create",
    "EditOrganiserSettings": "audit.settings.edit",
    "EditSession": "audit.session.edit",
    "FinishMatch": "audit.match.finish",
    "FinishSession": "audit.session.finish",
    "MarkAttendance": "audit.attendance.mark",
    "RejectEntry": "audit.entry.reject",
    "RemoveOrganiser": "audit.role.remove",
    "ReopenMatch": "audit.match.reopen",
    "ScoreGoal": "audit.match.goal",
    "StartSession": "audit.session.start",
    "StopBroadcast": "audit.broadcast.stop",
    "UndoGoal": "audit.match.undo",
}
"""What was tried in vain: a method is noted, and told as the deed; others as they are called."""

MOMENT = re.compile(r"\b\d{4}-\d\d-\d\d \d\d:\d\d\b")


def said(entry: AuditEntry, texts: Texts) -> Html:
    """The note as a line shows it; empty without one."""
    note = entry.note
    if entry.action == "refused" and note in TRIED:
        return texts(TRIED[note])
    if entry.action == "attendance.mark" and note in CAME:
        return texts(CAME[note])
    if entry.action in NAMED:
        note = MOMENT.sub(lambda found: _moment(found[0]), note)
        note = ", ".join(_part(part, texts) for part in note.split(", "))
    return typed_at_length(note if len(note) <= LONGEST else f"{note[: LONGEST - 1]}…")


def _part(part: str, texts: Texts) -> str:
    word, _, rest = part.partition(" ")
    return f"{texts.plain(FIELDS[word])} {rest}".strip() if word in FIELDS else part


def _moment(text: str) -> str:
    try:
        moment = datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:
        return text
    return f"{dates.local(moment, clock.ZONE):%d.%m.%Y %H:%M}"
