"""Shows a person his profile and changes his name."""

from fotbot.users.v1 import users_service_pb2

from services.gateway.answers import Answer
from services.gateway.calls import Call
from services.gateway.conversations import ENDED, Conversation
from services.gateway.features.feature import Said
from services.gateway.features.onboarding.handlers import known
from services.gateway.features.profile import screens
from services.gateway.features.profile.callbacks import ChangeName
from services.gateway.texts.typed import line


async def own(call: Call, _argument: str = "") -> Answer:
    return Answer(screen=screens.profile(call.person, call.texts), conversation=ENDED)


async def asked_name(call: Call, _data: ChangeName) -> Answer:
    return Answer(
        screen=screens.ask_name(call.texts),
        conversation=Conversation(name="profile", step="name"),
    )


async def name_given(call: Call, said: Said) -> Answer:
    name = line(said.text or "")
    if not name:
        return Answer(screen=screens.ask_name(call.texts, call.texts("typed.name")))
    request = users_service_pb2.SetNameRequest(write=call.write(0), name=name)
    reply = await call.services.users.SetName(request)
    person = known(call, reply.user).person
    note = call.texts("profile.name.done", name=person.name)
    return Answer(screen=screens.profile(person, call.texts, note), conversation=ENDED)
