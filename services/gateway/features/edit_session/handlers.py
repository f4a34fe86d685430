"""Changes one thing of a session at a time, or cancels it."""

from datetime import timedelta

from fotbot.sessions.v1 import sessions_service_pb2
from google.protobuf.timestamp_pb2 import Timestamp

from services.gateway.answers import Answer
from services.gateway.calls import Call
from services.gateway.conversations import ENDED, Conversation
from services.gateway.features.create_session import answering, opening, questions, reading
from services.gateway.features.create_session.handlers import stale, timestamp
from services.gateway.features.create_session.reading import Answers, Unclear
from services.gateway.features.edit_session import screens
from services.gateway.features.edit_session.callbacks import (
    Amend,
    AskCancelling,
    CancelSession,
    EditField,
    OpenEditing,
)
from services.gateway.features.feature import Said
from services.gateway.features.sessions import views
from services.gateway.features.sessions.card import card
from services.gateway.features.sessions.handlers import look
from services.gateway.texts import dates

NAME = "edit"


async def opened(call: Call, data: OpenEditing) -> Answer:
    view = await look(call, data.session_id)
    return Answer(screen=screens.fields(view.session, call.texts))


async def asked(call: Call, data: EditField) -> Answer:
    if data.field not in screens.FIELDS:
        return stale(call)
    session = (await look(call, data.session_id)).session
    kept = {
        "session": str(session.id),
        "zone": session.venue.time_zone,
        "squad": str(session.squad_size),
        "minutes": str((views.ends(session) - views.starts(session)) // timedelta(minutes=1)),
    }
    if data.field == opening.STEP:
        begins = dates.local(views.starts(session), kept["zone"])
        kept |= {"day": f"{begins:%Y-%m-%d}", "time": f"{begins:%H:%M}"}
    return await _ask(call, Conversation(name=NAME, step=data.field, data=kept))


async def said(call: Call, said: Said) -> Answer:
    conversation = call.conversation
    if conversation is None:
        return stale(call)
    try:
        answers = await answering.written(call, conversation, said.text)
    except Unclear as unclear:
        return await _ask(call, conversation, call.texts(unclear.key))
    return await _forward(call, conversation, answers)


async def chosen(call: Call, data: Amend) -> Answer:
    conversation = call.conversation
    if conversation is None or conversation.place != f"{NAME}.{data.step}":
        return stale(call)
    try:
        answers = await answering.pressed(call, conversation, data.value)
    except Unclear as unclear:
        return await _ask(call, conversation, call.texts(unclear.key))
    return await _forward(call, conversation, answers)


async def cancelling(call: Call, data: AskCancelling) -> Answer:
    view = await look(call, data.session_id)
    return Answer(screen=screens.cancelling(view.session, call.texts))


async def cancelled(call: Call, data: CancelSession) -> Answer:
    request = sessions_service_pb2.CancelSessionRequest(
        write=call.write(0), session_id=data.session_id
    )
    await call.services.sessions.CancelSession(request)
    view = await look(call, data.session_id)
    return Answer(screen=card(view, call), toast=call.texts.toast("edit.cancelled"))


async def _forward(call: Call, conversation: Conversation, answers: Answers) -> Answer:
    """A day wants a time; everything else is changed at once (write 1: write 0 may have made
    the venue)."""
    if conversation.step == "day":
        return await _ask(call, conversation.at("time", **answers))
    data = {**conversation.data, **answers}
    request = sessions_service_pb2.EditSessionRequest(
        write=call.write(1), session_id=int(data["session"])
    )
    _set(request, conversation.step, data)
    await call.services.sessions.EditSession(request)
    view = await look(call, request.session_id)
    screen = card(view, call, note=call.texts("edit.done"))
    return Answer(screen=screen, conversation=ENDED)


def _set(request: sessions_service_pb2.EditSessionRequest, step: str, data: Answers) -> None:
    if step == "time":
        request.starts_at.CopyFrom(timestamp(reading.starts(data)))
        request.ends_at.CopyFrom(timestamp(reading.ends(data)))
    elif step == "venue":
        request.venue_id = int(data["venue"])
    elif step == opening.STEP:
        # A moment that has passed stands for "at once".
        at_once = Timestamp()
        opens_at = opening.opens_at(data)
        request.registration_opens_at.CopyFrom(timestamp(opens_at) if opens_at else at_once)
    elif step == "price":
        request.price = int(data["price"])
    else:
        request.capacity = int(data["capacity"])


async def _ask(call: Call, conversation: Conversation, problem: str = "") -> Answer:
    if conversation.step == "venue":
        offered = questions.venue_options(await answering.venues(call))
    else:
        offered = questions.options(conversation.step, conversation.data, call.now, call.texts)
    screen = screens.ask(conversation, offered, call.texts, problem)
    return Answer(screen=screen, conversation=conversation)
