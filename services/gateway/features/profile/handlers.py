"""Shows a person his profile, and takes what he types of himself: name, phone, age."""

from fotbot.users.v1 import users_service_pb2
from fotbot.users.v1.user_pb2 import User

from services.chassis.errors import RemoteRefusal
from services.gateway.answers import Answer, Screen
from services.gateway.calls import Call
from services.gateway.conversations import ENDED, Conversation
from services.gateway.features.feature import Said
from services.gateway.features.onboarding.handlers import PHONE_REFUSALS, known
from services.gateway.features.profile import asking, screens
from services.gateway.features.profile.callbacks import (
    ChangeAge,
    ChangeName,
    ChangePhone,
    OpenProfile,
)
from services.gateway.features.profile.record import record
from services.gateway.texts.typed import line, whole_number

NAME = "profile"
AGES = range(100)
"""What can be asked of users; it decides what an age may be."""


async def own(call: Call, _argument: str = "") -> Answer:
    return Answer(screen=await shown(call), conversation=ENDED)


async def opened(call: Call, _data: OpenProfile) -> Answer:
    return Answer(screen=await shown(call))


async def shown(call: Call, note: str = "") -> Screen:
    """The profile as it is now."""
    return screens.profile(call.person, await record(call), call.texts, note)


async def changed(call: Call, user: User, note: str = "") -> Screen:
    """The profile with what users has just taken."""
    return await shown(known(call, user), note)


async def asked_name(call: Call, _data: ChangeName) -> Answer:
    return _at_step("name", asking.name(call.texts))


async def name_given(call: Call, said: Said) -> Answer:
    name = line(said.text or "")
    if not name:
        return Answer(screen=asking.name(call.texts, call.texts("typed.name")))
    request = users_service_pb2.SetNameRequest(write=call.write(0), name=name)
    user = (await call.services.users.SetName(request)).user
    note = call.texts("profile.name.done", name=user.name)
    return Answer(screen=await changed(call, user, note), conversation=ENDED)


async def asked_phone(call: Call, _data: ChangePhone) -> Answer:
    return _at_step("phone", asking.phone(call.texts))


async def phone_given(call: Call, said: Said) -> Answer:
    """Only the own contact counts. The menu comes back in the contact button's place."""
    if said.contact is None:
        return Answer(screen=asking.phone(call.texts, call.texts("onboarding.phone.typed")))
    request = users_service_pb2.SetPhoneRequest(
        write=call.write(0),
        phone=line(said.contact.phone),
        contact_telegram_id=said.contact.telegram_id or 0,
    )
    try:
        user = (await call.services.users.SetPhone(request)).user
    except RemoteRefusal as refusal:
        if refusal.reason not in PHONE_REFUSALS:
            raise
        return Answer(screen=asking.phone(call.texts, call.texts.refusal(refusal.reason)))
    return Answer(
        screen=asking.phone_done(known(call, user).person, call.texts), conversation=ENDED
    )


async def asked_age(call: Call, _data: ChangeAge) -> Answer:
    return _at_step("age", asking.age(call.texts))


async def age_given(call: Call, said: Said) -> Answer:
    years = whole_number(said.text or "")
    if years is None or years not in AGES:
        return Answer(screen=asking.age(call.texts, call.texts("error.AGE_INVALID")))
    request = users_service_pb2.EditProfileRequest(write=call.write(0), age=years)
    user = (await call.services.users.EditProfile(request)).user
    screen = await changed(call, user, call.texts("profile.changed"))
    return Answer(screen=screen, conversation=ENDED)


def _at_step(step: str, screen: Screen) -> Answer:
    return Answer(
        screen=screen,
        fresh=screen.ask_contact is not None,
        conversation=Conversation(name=NAME, step=step),
    )
