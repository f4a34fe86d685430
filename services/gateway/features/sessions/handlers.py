"""Shows the coming sessions, takes and gives up places."""

from fotbot.sessions.v1 import sessions_service_pb2
from fotbot.sessions.v1.sessions_service_pb2 import RegisterResponse, SessionView

from services.gateway.answers import Answer, Screen
from services.gateway.calls import Call
from services.gateway.conversations import ENDED
from services.gateway.features.sessions import screens, views
from services.gateway.features.sessions.callbacks import (
    JoinSession,
    LeaveSession,
    OpenSession,
    RefreshSession,
    ShowPage,
)
from services.gateway.features.sessions.card import card
from services.gateway.features.sessions.pages import page
from services.gateway.texts.typed import whole_number


async def first_page(call: Call, _argument: str = "") -> Answer:
    return Answer(screen=await _page(call, 0), conversation=ENDED)


async def turned(call: Call, data: ShowPage) -> Answer:
    return Answer(screen=await _page(call, data.index))


async def opened(call: Call, data: OpenSession) -> Answer:
    return Answer(screen=card(await look(call, data.session_id), call))


async def refreshed(call: Call, data: RefreshSession) -> Answer:
    view = await look(call, data.session_id)
    return Answer(screen=card(view, call), toast=call.texts.toast("sessions.refreshed"))


async def linked_card(call: Call, payload: str) -> Answer:
    """The card a link leads to. A payload that is no id is a session that is not there."""
    session_id = whole_number(payload) or 0
    if session_id < 1:
        return Answer(screen=Screen(text=call.texts("error.SESSION_NOT_FOUND")))
    return Answer(screen=card(await look(call, session_id), call), conversation=ENDED)


async def joined(call: Call, data: JoinSession) -> Answer:
    request = sessions_service_pb2.RegisterRequest(write=call.write(0), session_id=data.session_id)
    reply = await call.services.sessions.Register(request)
    key = _joined_key(reply)
    place = reply.session.registration.position
    return Answer(screen=card(reply.session, call), toast=call.texts.toast(key, place=place))


async def left(call: Call, data: LeaveSession) -> Answer:
    request = sessions_service_pb2.LeaveRequest(write=call.write(0), session_id=data.session_id)
    reply = await call.services.sessions.Leave(request)
    key = "leave.already" if reply.already else "leave.done"
    return Answer(screen=card(reply.session, call), toast=call.texts.toast(key))


async def look(call: Call, session_id: int) -> SessionView:
    """The session as the caller sees it now."""
    request = sessions_service_pb2.GetSessionRequest(
        viewer_id=call.person.user_id, session_id=session_id
    )
    return (await call.services.sessions.GetSession(request)).session


async def _page(call: Call, index: int) -> Screen:
    found, shown, more = await page(call, index)
    return screens.listing(found, shown, more=more, texts=call.texts)


def _joined_key(reply: RegisterResponse) -> str:
    status = "confirmed" if views.is_in(reply.session) else "waiting"
    return f"join.already_{status}" if reply.already else f"join.{status}"
