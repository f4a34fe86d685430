"""The buttons under notices. They carry what the gateway's features pack in their callbacks.py;
tests there and here keep the two the same."""

from fotbot.sender.v1 import notice_pb2 as wire
from fotbot.sender.v1.notice_pb2 import Notice

from services.gateway.texts import Texts

OPEN_SESSION = "so:{session_id}"
OPEN_PAYING = "yo:{session_id}"
OPEN_ENTRY = "qe:{entry_id}"
OPEN_TEAM = "to:{team_id}"
OPEN_NUMBERS = "no:{session_id}"

OF_A_TEAM = frozenset(
    {
        wire.NOTICE_KIND_TEAM_JOINED,
        wire.NOTICE_KIND_TEAM_LEFT,
        wire.NOTICE_KIND_TEAM_HANDED_OVER,
    }
)

Rows = list[list[dict[str, str]]]


def keyboard(notice: Notice, texts: Texts) -> Rows:
    """Rows of buttons, the first thing to do on top; none where there is nothing to press."""
    session_id, facts = notice.session.session_id, notice.facts
    rows: Rows = []

    def add(key: str, data: str) -> None:
        rows.append([{"text": texts.plain(key), "callback_data": data}])

    if notice.kind == wire.NOTICE_KIND_DECISION_DUE and facts.entry_id:
        add("notice.entry", OPEN_ENTRY.format(entry_id=facts.entry_id))
    if notice.kind == wire.NOTICE_KIND_PROMOTED and facts.amount:
        add("notice.pay", OPEN_PAYING.format(session_id=session_id))
    if notice.kind == wire.NOTICE_KIND_SIDE_FORMED:
        key = "notice.number.change" if facts.shirt_number else "notice.number.choose"
        add(key, OPEN_NUMBERS.format(session_id=session_id))
    if notice.kind in OF_A_TEAM:
        add("notice.team", OPEN_TEAM.format(team_id=facts.team_id))
    if session_id:
        add("notice.open", OPEN_SESSION.format(session_id=session_id))
    return rows
