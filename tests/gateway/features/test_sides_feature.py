"""A player's number in his side: the grid, taking one, being slower."""

import pytest
from fotbot.teams.v1 import sides_service_pb2 as wire
from fotbot.teams.v1.side_pb2 import Side, SidePlayer

from services.chassis.errors import Kind, RemoteRefusal
from services.gateway.answers import Answer
from services.gateway.calls import UserId
from services.gateway.features.sides import handlers
from services.gateway.features.sides.callbacks import OpenNumbers, TakeSideNumber
from services.gateway.rendering import faults
from tests.fakes.asking import Desk

ME = UserId(7)


def side(own: int = 0, name: str = "") -> Side:
    players = [SidePlayer(user_id=1, shirt_number=10), SidePlayer(user_id=ME, shirt_number=own)]
    return Side(id=3, session_id=12, number=2, name=name, players=players)


def others() -> Side:
    return Side(id=2, session_id=12, number=1, players=[SidePlayer(user_id=5, shirt_number=7)])


def labels(answer: Answer) -> list[str]:
    assert answer.screen
    return [button.text for row in answer.screen.buttons for button in row]


def text(answer: Answer) -> str:
    assert answer.screen
    return answer.screen.text


async def opened(*sides: Side) -> Answer:
    desk = Desk()
    desk.sides.answers["ListSides"] = wire.ListSidesResponse(sides=sides)
    return await handlers.numbers(desk.call(), OpenNumbers(session_id=12))


async def test_the_numbers_that_nobody_in_his_side_has_are_offered() -> None:
    answer = await opened(others(), side())
    free = [str(number) for number in range(1, 26) if number != 10]
    assert labels(answer) == [*free, "🔄 Refresh", "⚽ To the evening"]
    assert text(answer) == "👕 You play in <b>side 2</b>.\n\nChoose your number:"
    assert faults(answer) == []


async def test_ones_own_number_is_told_and_marked() -> None:
    answer = await opened(side(9, "Reds <3"))
    assert text(answer).startswith("👕 You play for <b>Reds &lt;3</b>.\n\nYour number is <b>9</b>.")
    assert "✅ 9" in labels(answer)


async def test_who_plays_in_no_side_is_told_so() -> None:
    for answer in (await opened(), await opened(others())):
        assert answer.alert and answer.toast and "when it starts" in answer.toast


async def test_a_number_is_taken() -> None:
    desk = Desk()
    desk.sides.answers["SetSideNumber"] = wire.SetSideNumberResponse(side=side(9))
    answer = await handlers.number_taken(desk.call(), TakeSideNumber(side_id=3, shirt=9))
    [request] = desk.sides.requests
    assert isinstance(request, wire.SetSideNumberRequest)
    assert (request.side_id, request.shirt_number) == (3, 9)
    assert answer.toast == "👕 9 is yours" and "✅ 9" in labels(answer)


async def test_whoever_was_slower_is_told_so_and_keeps_the_grid() -> None:
    desk = Desk()
    desk.sides.answers["SetSideNumber"] = RemoteRefusal(Kind.CONFLICT, "SHIRT_NUMBER_TAKEN", {})
    answer = await handlers.number_taken(desk.call(), TakeSideNumber(side_id=3, shirt=9))
    assert answer.alert and answer.screen is None
    desk.sides.answers["SetSideNumber"] = RemoteRefusal(Kind.NOT_FOUND, "SIDE_NOT_FOUND", {})
    with pytest.raises(RemoteRefusal):
        await handlers.number_taken(desk.call(), TakeSideNumber(side_id=3, shirt=9))
