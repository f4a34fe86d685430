"""Leads an organiser through a new session and opens it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from fotbot.sessions.v1 import league_service_pb2, session_pb2, sessions_service_pb2
from fotbot.sessions.v1.sessions_service_pb2 import SessionView
from google.protobuf.timestamp_pb2 import Timestamp
from msgspec.structs import replace

from services.chassis.errors import RemoteRefusal
from services.gateway.answers import Answer, Screen
from services.gateway.calls import Call, Role
from services.gateway.conversations import ENDED, Conversation
from services.gateway.features.create_session import (
    answering,
    opening,
    questions,
    reading,
    screens,
)
from services.gateway.features.create_session.callbacks import (
    AskOpening,
    Choose,
    ConfirmCreation,
    StepBack,
)
from services.gateway.features.create_session.questions import Option
from services.gateway.features.create_session.reading import Answers, Unclear
from services.gateway.features.feature import Said
from services.gateway.features.refused import tried
from services.gateway.features.sessions.card import card

NAME = "create"
FIELDS: Mapping[str, tuple[str, ...]] = {
    "VENUE_NOT_FOUND": ("venue",),
    "STARTS_IN_PAST": ("day", "time"),
    "STARTS_TOO_FAR": ("day", "time"),
    "VENUE_BUSY": ("day", "time"),
    "ENDS_BEFORE_START": ("minutes",),
    "TOO_LONG": ("minutes",),
    "FORMAT_INVALID": ("format",),
    "SQUAD_SIZE_INVALID": ("squad",),
    "PRICE_INVALID": ("price",),
    "CAPACITY_INVALID": ("capacity",),
    "OPENS_TOO_LATE": (opening.STEP,),
}
"""Which answers a refusal throws out: these questions are asked again, the others are not."""

BROUGHT = {"venue": ("venue", "venue_name", "zone")}
"""What the answer to a step is kept under, where that is not the step's own name."""

FORMATS = {"5": session_pb2.FORMAT_FIVE_A_SIDE, "6": session_pb2.FORMAT_SIX_A_SIDE}


async def begun(call: Call, _argument: str = "") -> Answer:
    """Players are turned down here for their own sake; sessions checks the role at each write."""
    if call.person.role < Role.ORGANISER:
        settings = league_service_pb2.GetOrganiserSettingsRequest(actor_id=call.person.user_id)
        await tried(call.services.league.GetOrganiserSettings(settings))
        return Answer(screen=Screen(text=call.texts("error.NOT_ALLOWED")))
    return await _ask(call, Conversation(name=NAME, step="venue"))


async def said(call: Call, said: Said) -> Answer:
    conversation = call.conversation
    if conversation is None:
        return stale(call)
    if conversation.step == "confirm":
        return await _ask(call, conversation, call.texts("typed.press"))
    try:
        answers = await answering.written(call, conversation, said.text)
    except Unclear as unclear:
        return await _ask(call, conversation, call.texts(unclear.key))
    return await _forward(call, conversation, answers)


async def chosen(call: Call, data: Choose) -> Answer:
    """A conversation that was lost with the cache starts again."""
    conversation = call.conversation
    if conversation is None:
        return replace(await begun(call), toast=call.texts.toast("conversation.lost"))
    if conversation.place != f"{NAME}.{data.step}":
        return stale(call)
    try:
        answers = await answering.pressed(call, conversation, data.value)
    except Unclear as unclear:
        return await _ask(call, conversation, call.texts(unclear.key))
    return await _forward(call, conversation, answers)


async def went_back(call: Call, data: StepBack) -> Answer:
    """To the step before, whose answer is forgotten; what follows it is kept."""
    conversation = call.conversation
    if conversation is None:
        return replace(await begun(call), toast=call.texts.toast("conversation.lost"))
    if conversation.place != f"{NAME}.{data.step}" or data.step == screens.STEPS[0]:
        return stale(call)
    before = screens.before(data.step)
    return await _ask(call, _without(conversation, BROUGHT.get(before, (before,))))


async def asked_opening(call: Call, _data: AskOpening) -> Answer:
    """Aside: who does not ask opens registration at once."""
    conversation = call.conversation
    if conversation is None:
        return replace(await begun(call), toast=call.texts.toast("conversation.lost"))
    if conversation.place != f"{NAME}.{screens.CONFIRM}":
        return stale(call)
    return await _ask(call, conversation.at(opening.STEP))


async def confirmed(call: Call, _data: ConfirmCreation) -> Answer:
    """Opens it. What sessions turns down is asked again, with the rest kept."""
    conversation = call.conversation
    if conversation is None or conversation.place != f"{NAME}.confirm":
        return stale(call)
    request = _creation(call, conversation.data)
    try:
        reply = await call.services.sessions.CreateSession(request)
    except RemoteRefusal as refusal:
        if refusal.reason not in FIELDS:
            raise
        problem = call.texts.refusal(refusal.reason)
        return await _ask(call, _without(conversation, FIELDS[refusal.reason]), problem)
    note = call.texts("create.done")
    return Answer(
        screen=card(SessionView(session=reply.session), call, note=note),
        conversation=ENDED,
    )


def stale(call: Call) -> Answer:
    return Answer(toast=call.texts.toast("stale"))


def timestamp(moment: datetime) -> Timestamp:
    stamp = Timestamp()
    stamp.FromDatetime(moment)
    return stamp


async def _forward(call: Call, conversation: Conversation, answers: Answers) -> Answer:
    data = {**conversation.data, **answers}
    following = next(step for step in screens.STEPS if step not in data)
    return await _ask(call, Conversation(name=NAME, step=following, data=data))


async def _ask(call: Call, conversation: Conversation, problem: str = "") -> Answer:
    texts = call.texts
    if conversation.step == "confirm":
        screen = screens.confirm(conversation, texts, problem)
        return Answer(screen=screen, conversation=conversation)
    screen = screens.ask(conversation, await _offered(call, conversation), texts, problem)
    return Answer(screen=screen, conversation=conversation)


async def _offered(call: Call, conversation: Conversation) -> Sequence[Option]:
    if conversation.step == "venue":
        return questions.venue_options(await answering.venues(call))
    if conversation.step == "price":
        request = league_service_pb2.GetOrganiserSettingsRequest(actor_id=call.person.user_id)
        settings = (await call.services.league.GetOrganiserSettings(request)).settings
        return questions.price_options(settings.default_price, call.texts)
    return questions.options(conversation.step, conversation.data, call.now, call.texts)


def _creation(call: Call, data: Answers) -> sessions_service_pb2.CreateSessionRequest:
    opens_at = opening.opens_at(data)
    return sessions_service_pb2.CreateSessionRequest(
        write=call.write(0),
        venue_id=int(data["venue"]),
        starts_at=timestamp(reading.starts(data)),
        ends_at=timestamp(reading.ends(data)),
        format=FORMATS[data["format"]],
        price=int(data["price"]),
        capacity=int(data["capacity"]),
        squad_size=int(data["squad"]),
        needs_approval=data["approval"] == "1",
        registration_opens_at=timestamp(opens_at) if opens_at else None,
    )


def _without(conversation: Conversation, fields: tuple[str, ...]) -> Conversation:
    kept = {name: value for name, value in conversation.data.items() if name not in fields}
    return Conversation(name=NAME, step=fields[0], data=kept)
