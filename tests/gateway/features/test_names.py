"""What people are called on screens."""

from fotbot.users.v1 import users_service_pb2 as wire
from fotbot.users.v1.user_pb2 import Person

from services.gateway.features.names import MOST, names
from tests.fakes.asking import Desk


def desk(*people: Person) -> Desk:
    made = Desk()
    made.users.answers["ListPeople"] = wire.ListPeopleResponse(people=people)
    return made


async def test_who_is_not_known_or_has_no_name_is_called_so_in_the_readers_language() -> None:
    made = desk(Person(id=7, name="Ali"), Person(id=8))
    found = await names(made.call(language="ru"), [7, 8, 9, 7, 0])
    assert found == {7: "Ali", 8: "Игрок", 9: "Игрок"}
    assert made.users.requests == [wire.ListPeopleRequest(user_ids=[7, 8, 9])]


async def test_many_are_asked_for_in_pages_and_nobody_costs_nothing() -> None:
    made = desk()
    assert len(await names(made.call(), range(1, MOST + 2))) == MOST + 1
    assert len(made.users.requests) == 2
    assert await names(Desk().call(), []) == {}
