"""What people are called, for screens: services know them by id only."""

from collections.abc import Iterable

from fotbot.users.v1 import users_service_pb2

from services.gateway.calls import Call

MOST = 100
"""People in one question, by the wire."""


async def names(call: Call, ids: Iterable[int]) -> dict[int, str]:
    """The name of each id, as typed, not escaped; 0 and repetitions are left out. Whoever is not
    known, or has no name, is called so in the reader's language."""
    wanted = sorted({id_ for id_ in ids if id_})
    found = dict.fromkeys(wanted, call.texts.plain("person.unknown"))
    for begin in range(0, len(wanted), MOST):
        request = users_service_pb2.ListPeopleRequest(user_ids=wanted[begin : begin + MOST])
        people = (await call.services.users.ListPeople(request)).people
        found |= {person.id: person.name for person in people if person.name}
    return found
