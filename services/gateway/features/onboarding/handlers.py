"""Takes a newcomer through the sign-up. The link he came by waits in the conversation's data.

Who was here under another Telegram account asks for that one: his number is not accepted, and
whether anybody has it is told to admins alone.
"""

from fotbot.users.v1 import user_pb2, users_service_pb2
from msgspec.structs import replace

from services.chassis.errors import RemoteRefusal
from services.gateway.answers import Answer, Screen
from services.gateway.calls import Call
from services.gateway.conversations import ENDED, Conversation
from services.gateway.features.feature import Said
from services.gateway.features.language.screens import choice
from services.gateway.features.onboarding import screens
from services.gateway.persons import person_from
from services.gateway.texts.typed import line

NAME = "onboarding"
PHONE_REFUSALS = frozenset({"CONTACT_NOT_OWN", "PHONE_INVALID", "PHONE_NOT_ACCEPTED"})
"""After these the contact button is offered again."""


def next_step(call: Call, link: str) -> Answer:
    """The first question that is still open, or the welcome. `link` is a deep link's payload to
    go on with afterwards, possibly empty."""
    person = call.person
    if not person.language_chosen:
        return _ask("language", choice(), link)
    if not person.name:
        return _ask("name", screens.name(call.texts), link)
    if not person.registered:
        return _ask("phone", screens.phone(call.texts), link)
    waiting = Conversation(name=NAME, step="resume", data={"link": link})
    return Answer(
        screen=screens.done(person, call.texts, pending=bool(link)),
        fresh=True,
        conversation=waiting if link else ENDED,
    )


def pending_link(call: Call) -> str:
    """The link a newcomer came by; empty when he came without one."""
    conversation = call.conversation
    if conversation is None or conversation.name != NAME:
        return ""
    return conversation.data.get("link", "")


def known(call: Call, user: user_pb2.User) -> Call:
    """The call as it would come now that users knows this of the person."""
    return replace(call, person=person_from(user, call.person.language))


async def said_instead(call: Call, _said: Said) -> Answer:
    """Words where a button is due: the same question again."""
    return next_step(call, pending_link(call))


async def name_given(call: Call, said: Said) -> Answer:
    name = line(said.text or "")
    if not name:
        return Answer(screen=screens.name(call.texts, problem=call.texts("typed.name")))
    request = users_service_pb2.SetNameRequest(write=call.write(0), name=name)
    reply = await call.services.users.SetName(request)
    return next_step(known(call, reply.user), pending_link(call))


async def phone_given(call: Call, said: Said) -> Answer:
    """Only a contact counts, and users decides whether it is the person's own."""
    if call.person.registered:  # an admin has given him his old account back meanwhile
        return next_step(call, pending_link(call))
    if said.contact is None:
        problem = call.texts("onboarding.phone.typed")
        return Answer(screen=screens.phone(call.texts, problem=problem))
    request = users_service_pb2.SetPhoneRequest(
        write=call.write(0),
        phone=line(said.contact.phone),
        contact_telegram_id=said.contact.telegram_id or 0,
    )
    try:
        reply = await call.services.users.SetPhone(request)
    except RemoteRefusal as refusal:
        if refusal.reason not in PHONE_REFUSALS:
            raise
        if refusal.reason == "PHONE_NOT_ACCEPTED":
            return _ask("move", screens.offer_move(call.texts), pending_link(call))
        why = call.texts.refusal(refusal.reason)
        return Answer(screen=screens.phone(call.texts, problem=why))
    return next_step(known(call, reply.user), pending_link(call))


async def move_asked(call: Call, said: Said) -> Answer:
    """The own contact once more asks for the account that has its number, if there is one."""
    if call.person.registered:
        return next_step(call, pending_link(call))
    if said.contact is None:
        return Answer(screen=screens.offer_move(call.texts))
    request = users_service_pb2.RequestMoveRequest(
        write=call.write(0),
        phone=line(said.contact.phone),
        contact_telegram_id=said.contact.telegram_id or 0,
    )
    try:
        await call.services.users.RequestMove(request)
    except RemoteRefusal as refusal:
        if refusal.reason not in PHONE_REFUSALS:
            raise
        why = call.texts.refusal(refusal.reason)
        return Answer(screen=screens.offer_move(call.texts, problem=why))
    return _ask("phone", screens.move_asked(call.texts), pending_link(call))


def _ask(step: str, screen: Screen, link: str) -> Answer:
    return Answer(
        screen=screen,
        fresh=screen.ask_contact is not None,
        conversation=Conversation(name=NAME, step=step, data={"link": link} if link else {}),
    )
