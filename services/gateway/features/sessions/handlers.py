"""Shows the coming sessions, takes and gives up places."""

from fotbot.sessions.v1 import sessions_service_pb2
from fotbot.sessions.v1.sessions_service_pb2 import RegisterResponse, SessionView

from services.chassis.errors import RemoteRefusal
from services.gateway.answers import Answer, Screen
from services.gateway.calls import Call
from services.gateway.conversations import ENDED
from services.gateway.features.sessions import early, leaving, screens, views
from services.gateway.features.sessions.callbacks import (
    ConfirmLeaving,
    JoinSession,
    LeaveSession,
    OpenSession,
    RefreshSession,
    ShowPage,
)
from services.gateway.features.sessions.card import present
from services.gateway.features.sessions.pages import first, page
from services.gateway.texts.typed import whole_number


async def first_page(call: Call, _argument: str = "") -> Answer:
    return Answer(screen=await _page(call, 0), conversation=ENDED)


async def turned(call: Call, data: ShowPage) -> Answer:
    return Answer(screen=await _page(call, data.index))


async def opened(call: Call, data: OpenSession) -> Answer:
    return Answer(screen=await present(call, await look(call, data.session_id)))


async def refreshed(call: Call, data: RefreshSession) -> Answer:
    view = await look(call, data.session_id)
    return Answer(screen=await present(call, view), toast=call.texts.toast("sessions.refreshed"))


async def linked_card(call: Call, payload: str) -> Answer:
    """The card a link leads to. A payload that is no id is a session that is not there."""
    session_id = whole_number(payload) or 0
    if session_id < 1:
        return Answer(screen=Screen(text=call.texts("error.SESSION_NOT_FOUND")))
    screen = await present(call, await look(call, session_id))
    return Answer(screen=screen, conversation=ENDED)


async def joined(call: Call, data: JoinSession) -> Answer:
    """Whose team has brought him meanwhile sees that."""
    request = sessions_service_pb2.RegisterRequest(
        write=call.write(0), session_id=data.session_id, registered=call.person.registered
    )
    try:
        reply = await call.services.sessions.Register(request)
    except RemoteRefusal as refusal:
        if refusal.reason != "PLAYER_ALREADY_IN":
            return early.told(call, refusal)
        view = await look(call, data.session_id)
        return Answer(screen=await present(call, view), toast=call.texts.toast("squad.already"))
    key = _joined_key(reply)
    place = reply.session.registration.position
    screen = await present(call, reply.session)
    return Answer(screen=screen, toast=call.texts.toast(key, place=place))


async def left(call: Call, data: LeaveSession) -> Answer:
    """Asked for its price first: a card may be older than what was paid."""
    view = await look(call, data.session_id)
    if leaving.needs_asking(view, call.texts):
        return Answer(screen=leaving.question(view, call.now, call.texts))
    return await _left(call, data.session_id)


async def left_knowingly(call: Call, data: ConfirmLeaving) -> Answer:
    """What was to come back and no longer does is asked again."""
    view = await look(call, data.session_id)
    broken = data.back and not leaving.comes_back(view, call.now)
    if broken and leaving.needs_asking(view, call.texts):
        return Answer(screen=leaving.question(view, call.now, call.texts))
    return await _left(call, data.session_id)


async def look(call: Call, session_id: int) -> SessionView:
    """The session as the caller sees it now."""
    request = sessions_service_pb2.GetSessionRequest(
        viewer_id=call.person.user_id, session_id=session_id
    )
    return (await call.services.sessions.GetSession(request)).session


async def _left(call: Call, session_id: int) -> Answer:
    request = sessions_service_pb2.LeaveRequest(write=call.write(0), session_id=session_id)
    reply = await call.services.sessions.Leave(request)
    key = "leave.already" if reply.already else "leave.done"
    return Answer(screen=await present(call, reply.session), toast=call.texts.toast(key))


async def _page(call: Call, index: int) -> Screen:
    if not index:
        return screens.first(await first(call), call.texts)
    found, shown, more = await page(call, index)
    return screens.listing(found, shown, more=more, texts=call.texts)


def _joined_key(reply: RegisterResponse) -> str:
    status = "waiting"
    if views.is_in(reply.session):
        status = "confirmed"
    elif views.is_pending(reply.session):
        status = "pending"
    return f"join.already_{status}" if reply.already else f"join.{status}"
