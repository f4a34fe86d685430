"""Takes a text, shows it as people will see it, sends it, and tells how far it is.

Who may write to whom is decided by sessions; the sender knows what was delivered.
"""

from fotbot.sender.v1.sender_service_pb2 import CountNoticesRequest, CountNoticesResponse
from fotbot.sessions.v1 import league_service_pb2
from fotbot.sessions.v1.league_service_pb2 import Broadcast
from fotbot.sessions.v1.session_pb2 import Session

from services.chassis.errors import RemoteRefusal, Unanswered
from services.gateway.answers import Answer, Screen
from services.gateway.calls import Call, Role
from services.gateway.conversations import ENDED, Conversation
from services.gateway.features.broadcast import screens
from services.gateway.features.broadcast.callbacks import (
    RefreshBroadcast,
    SendBroadcast,
    StopBroadcast,
    WriteBroadcast,
)
from services.gateway.features.feature import Said
from services.gateway.features.refused import tried
from services.gateway.features.sessions.handlers import look
from services.gateway.texts.typed import lines

NAME = "broadcast"
LONGEST = 3000
"""UTF-16 units, as sessions takes them."""


async def command(call: Call, _argument: str = "") -> Answer:
    """Others are turned down here for their own sake; sessions checks the role."""
    if call.person.role < Role.ADMIN:
        await tried(_people(call, 0))
        return Answer(screen=Screen(text=call.texts("error.NOT_ALLOWED")), conversation=ENDED)
    return await begun(call, WriteBroadcast())


async def begun(call: Call, data: WriteBroadcast) -> Answer:
    if not await _people(call, data.session_id):
        return Answer(toast=call.texts.toast("broadcast.nobody"))
    conversation = Conversation(name=NAME, step="text", data={"session": str(data.session_id)})
    return await _ask(call, conversation)


async def said(call: Call, said: Said) -> Answer:
    """The text, or another one in place of the one that the preview shows."""
    conversation = call.conversation
    if conversation is None:
        return stale(call)
    if said.text is None:
        return await _ask(call, conversation.at("text"), call.texts("typed.text_due"))
    text = lines(said.text)
    if problem := _problem(text):
        return await _ask(call, conversation.at("text"), call.texts.refusal(problem))
    session_id = _session_id(conversation)
    people = await _people(call, session_id)
    session = await _session(call, session_id)
    return Answer(
        screen=screens.preview(text, people, session, call.texts),
        conversation=conversation.at("confirm", text=text),
    )


async def sent(call: Call, _data: SendBroadcast) -> Answer:
    conversation = call.conversation
    if conversation is None or conversation.place != f"{NAME}.confirm":
        return stale(call)
    request = league_service_pb2.CreateBroadcastRequest(
        write=call.write(0),
        session_id=_session_id(conversation),
        text=conversation.data["text"],
    )
    made = (await call.services.league.CreateBroadcast(request)).broadcast
    return Answer(
        screen=screens.progress(made, CountNoticesResponse(), call.texts),
        toast=call.texts.toast("broadcast.sent"),
        conversation=ENDED,
    )


async def refreshed(call: Call, data: RefreshBroadcast) -> Answer:
    request = league_service_pb2.GetBroadcastRequest(
        actor_id=call.person.user_id, broadcast_id=data.broadcast_id
    )
    found = (await call.services.league.GetBroadcast(request)).broadcast
    return Answer(screen=await _progress(call, found))


async def stopped(call: Call, data: StopBroadcast) -> Answer:
    request = league_service_pb2.StopBroadcastRequest(
        write=call.write(0), broadcast_id=data.broadcast_id
    )
    found = (await call.services.league.StopBroadcast(request)).broadcast
    return Answer(screen=await _progress(call, found))


def stale(call: Call) -> Answer:
    return Answer(toast=call.texts.toast("stale"))


async def _ask(call: Call, conversation: Conversation, problem: str = "") -> Answer:
    session = await _session(call, _session_id(conversation))
    return Answer(screen=screens.ask(session, call.texts, problem), conversation=conversation)


async def _people(call: Call, session_id: int) -> int:
    request = league_service_pb2.CountAudienceRequest(
        actor_id=call.person.user_id, session_id=session_id
    )
    return (await call.services.league.CountAudience(request)).people


async def _session(call: Call, session_id: int) -> Session | None:
    return (await look(call, session_id)).session if session_id else None


async def _progress(call: Call, broadcast: Broadcast) -> Screen:
    """Without the sender's figures while it does not answer."""
    request = CountNoticesRequest(group=f"broadcast:{broadcast.id}")
    try:
        counted = await call.services.sender.CountNotices(request)
    except (RemoteRefusal, Unanswered):
        counted = None
    return screens.progress(broadcast, counted, call.texts)


def _session_id(conversation: Conversation) -> int:
    return int(conversation.data["session"])


def _problem(text: str) -> str:
    """Why sessions would not take it; empty when it would."""
    if not text:
        return "TEXT_EMPTY"
    return "TEXT_TOO_LONG" if len(text.encode("utf-16-le")) // 2 > LONGEST else ""
