"""Lists, appoints and removes organisers. Who may is decided by users."""

from fotbot.users.v1 import users_service_pb2

from services.gateway.answers import Answer, Screen
from services.gateway.calls import Call
from services.gateway.conversations import ENDED, Conversation
from services.gateway.features.feature import Said
from services.gateway.features.organisers import screens
from services.gateway.features.organisers.callbacks import (
    Appoint,
    AskRemoving,
    FindPerson,
    ListOrganisers,
    Remove,
)
from services.gateway.texts.typed import line


async def command(call: Call, _argument: str = "") -> Answer:
    return Answer(screen=await _list(call), conversation=ENDED)


async def listed(call: Call, _data: ListOrganisers) -> Answer:
    return Answer(screen=await _list(call))


async def asked_whom(call: Call, _data: FindPerson) -> Answer:
    return Answer(
        screen=screens.find(call.texts),
        conversation=Conversation(name="organisers", step="find"),
    )


async def searched(call: Call, said: Said) -> Answer:
    """People whose names begin so. Searching again is just typing again."""
    beginning = line(said.text or "")
    if not beginning:
        return Answer(screen=screens.find(call.texts, call.texts("typed.text_due")))
    request = users_service_pb2.FindPeopleRequest(
        actor_id=call.person.user_id, name_prefix=beginning
    )
    people = (await call.services.users.FindPeople(request)).people
    if not people:
        return Answer(screen=screens.find(call.texts, call.texts("organisers.found.none")))
    return Answer(screen=screens.found(people, call.texts))


async def appointed(call: Call, data: Appoint) -> Answer:
    request = users_service_pb2.AppointOrganiserRequest(write=call.write(0), user_id=data.user_id)
    person = (await call.services.users.AppointOrganiser(request)).person
    toast = call.texts.toast("organisers.appointed", name=person.name)
    return Answer(screen=await _list(call), toast=toast, conversation=ENDED)


async def asked_removing(call: Call, data: AskRemoving) -> Answer:
    request = users_service_pb2.ListPeopleRequest(user_ids=[data.user_id])
    people = (await call.services.users.ListPeople(request)).people
    if not people:
        return Answer(toast=call.texts.refusal("USER_NOT_FOUND"))
    return Answer(screen=screens.removing(people[0], call.texts))


async def removed(call: Call, data: Remove) -> Answer:
    request = users_service_pb2.RemoveOrganiserRequest(write=call.write(0), user_id=data.user_id)
    person = (await call.services.users.RemoveOrganiser(request)).person
    toast = call.texts.toast("organisers.removed", name=person.name)
    return Answer(screen=await _list(call), toast=toast)


async def _list(call: Call) -> Screen:
    request = users_service_pb2.ListOrganisersRequest(actor_id=call.person.user_id)
    reply = await call.services.users.ListOrganisers(request)
    waiting = users_service_pb2.ListMovesRequest(actor_id=call.person.user_id, page_size=50)
    moves = (await call.services.users.ListMoves(waiting)).moves
    return screens.listing(reply.people, len(moves), call.texts)
