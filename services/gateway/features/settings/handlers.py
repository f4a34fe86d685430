"""Shows an organiser what he has set, and changes one thing at a time."""

from fotbot.sessions.v1 import league_service_pb2
from fotbot.sessions.v1.league_service_pb2 import OrganiserSettings

from services.gateway.answers import Answer
from services.gateway.calls import Call
from services.gateway.conversations import ENDED, Conversation
from services.gateway.features.create_session.reading import Unclear, read_price
from services.gateway.features.feature import Said
from services.gateway.features.settings import screens
from services.gateway.features.settings.callbacks import ChoosePrice, EditSetting, OpenSettings
from services.gateway.texts.typed import line

NAME = "settings"
LONGEST = 300
"""Characters of any of them; sessions counts as people do, and is sterner."""


async def opened(call: Call, _data: OpenSettings) -> Answer:
    return Answer(screen=screens.settings(await own(call), call.texts))


async def asked(call: Call, data: EditSetting) -> Answer:
    if data.field not in screens.FIELDS:
        return Answer(toast=call.texts.toast("stale"))
    return _ask(call, Conversation(name=NAME, step=data.field))


async def said(call: Call, said: Said) -> Answer:
    conversation = call.conversation
    if conversation is None:
        return Answer(toast=call.texts.toast("stale"))
    if conversation.step == "price":
        return await _priced(call, conversation, said.text or "")
    text = said.text or ""
    if not line(text) or len(text) > LONGEST:
        return _ask(call, conversation, call.texts(screens.UNCLEAR[conversation.step]))
    request = league_service_pb2.EditOrganiserSettingsRequest(write=call.write(0))
    if conversation.step == "payee":
        request.payee = line(text)
    else:
        request.requisites = "\n".join(filter(None, map(line, text.splitlines())))
    return await _changed(call, request)


async def chosen(call: Call, data: ChoosePrice) -> Answer:
    conversation = call.conversation
    if conversation is None or conversation.place != f"{NAME}.price":
        return Answer(toast=call.texts.toast("stale"))
    return await _priced(call, conversation, data.value)


async def own(call: Call) -> OrganiserSettings:
    """What the caller has set, with the usual for the rest."""
    request = league_service_pb2.GetOrganiserSettingsRequest(actor_id=call.person.user_id)
    return (await call.services.league.GetOrganiserSettings(request)).settings


async def _priced(call: Call, conversation: Conversation, text: str) -> Answer:
    try:
        price = read_price(text, {}, call.now)["price"]
    except Unclear as unclear:
        return _ask(call, conversation, call.texts(unclear.key))
    request = league_service_pb2.EditOrganiserSettingsRequest(
        write=call.write(0), default_price=int(price)
    )
    return await _changed(call, request)


async def _changed(call: Call, request: league_service_pb2.EditOrganiserSettingsRequest) -> Answer:
    reply = await call.services.league.EditOrganiserSettings(request)
    note = call.texts("settings.done")
    screen = screens.settings(reply.settings, call.texts, note)
    return Answer(screen=screen, conversation=ENDED)


def _ask(call: Call, conversation: Conversation, problem: str = "") -> Answer:
    screen = screens.ask(conversation.step, call.texts, problem)
    return Answer(screen=screen, conversation=conversation)
