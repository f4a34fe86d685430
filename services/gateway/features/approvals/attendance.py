"""Who of a session's players came: a list whose buttons say what they will write."""

from collections.abc import Mapping, Sequence

from fotbot.sessions.v1 import entries_service_pb2
from fotbot.sessions.v1.session_pb2 import REGISTRATION_STATUS_CONFIRMED

from services.chassis.errors import RemoteRefusal
from services.gateway.answers import Answer, Button, Screen
from services.gateway.calls import Call
from services.gateway.features.approvals import reading
from services.gateway.features.approvals.callbacks import (
    LAST_PAGE,
    MarkAttendance,
    OpenAttendance,
)
from services.gateway.features.by_day.callbacks import OpenOrganising
from services.gateway.features.names import names
from services.gateway.texts import Texts
from services.gateway.texts.typed import shown

PAGE = 10
"""Players on one screen."""

MOST_ENTRIES = 200
"""More than a session has places, with those whose money is still owed."""

LEFT = "NOT_A_MEMBER"
"""Refused so, a player has left since the list was shown."""

Players = Sequence[tuple[int, bool]]
"""By arrival: who, and whether he came."""


async def opened(call: Call, data: OpenAttendance) -> Answer:
    return Answer(screen=await _list(call, data.session_id, data.index))


async def marked(call: Call, data: MarkAttendance) -> Answer:
    request = entries_service_pb2.MarkAttendanceRequest(
        write=call.write(0),
        session_id=data.session_id,
        user_id=data.user_id,
        attended=data.attended,
    )
    toast = None
    try:
        await call.services.entries.MarkAttendance(request)
    except RemoteRefusal as refusal:
        if refusal.reason != LEFT:
            raise
        toast = call.texts.toast("attendance.left")
    screen = await _list(call, data.session_id, data.index)
    return Answer(screen=screen, toast=toast, alert=toast is not None)


async def _list(call: Call, session_id: int, index: int) -> Screen:
    entries, _ = await reading.first_entries(call, session_id, MOST_ENTRIES)
    players = [
        (player, player in entry.attended_ids)
        for entry in entries
        if entry.status == REGISTRATION_STATUS_CONFIRMED
        for player in entry.player_ids
    ]
    shown_page = min(index, max((len(players) - 1) // PAGE, 0))
    on_page = players[shown_page * PAGE : (shown_page + 1) * PAGE]
    known = await names(call, (player for player, _ in on_page))
    return screen(session_id, players, shown_page, known, call.texts)


def screen(
    session_id: int, players: Players, index: int, known: Mapping[int, str], texts: Texts
) -> Screen:
    came = sum(attended for _, attended in players)
    title = texts("attendance.title", came=came, all=len(players))
    text = f"{title}\n\n{texts('attendance.how' if players else 'attendance.none')}"
    rows = [
        (_toggle(session_id, index, player, attended, known),)
        for player, attended in players[index * PAGE : (index + 1) * PAGE]
    ]
    back = Button(text=texts.plain("approvals.back"), data=OpenOrganising(session_id=session_id))
    return Screen(text=text, buttons=(*rows, *_turning(session_id, index, len(players)), (back,)))


def _toggle(
    session_id: int, index: int, player: int, attended: bool, known: Mapping[int, str]
) -> Button:
    """It carries what is to be, so that a second tap changes nothing."""
    name = shown(known.get(player, ""))
    data = MarkAttendance(session_id=session_id, user_id=player, attended=not attended, index=index)
    return Button(text=f"{'✅' if attended else '▫️'} {name}", data=data)


def _turning(session_id: int, index: int, count: int) -> tuple[tuple[Button, ...], ...]:
    buttons = []
    if index:
        data = OpenAttendance(session_id=session_id, index=index - 1)
        buttons.append(Button(text=f"« {index}", data=data))
    if (index + 1) * PAGE < count and index < LAST_PAGE:
        data = OpenAttendance(session_id=session_id, index=index + 1)
        buttons.append(Button(text=f"{index + 2} »", data=data))
    return (tuple(buttons),) if buttons else ()
