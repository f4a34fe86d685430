"""Looking at sessions, taking and giving up places."""

import pytest
from fotbot.sessions.v1 import sessions_service_pb2 as wire

from services.chassis.errors import Kind, RemoteRefusal
from services.gateway.conversations import ENDED
from services.gateway.features.my_sessions import handlers as my_handlers
from services.gateway.features.sessions import handlers
from services.gateway.features.sessions.callbacks import (
    JoinSession,
    LeaveSession,
    RefreshSession,
    ShowPage,
)
from tests.fakes.asking import Desk
from tests.fakes.evenings import evening, seen


@pytest.mark.parametrize(
    ("view", "already", "toast"),
    [
        (seen(place=7), False, "✅ You are in, place 7"),
        (seen(queue=3), False, "⏳ It is full. You are number 3 in the queue"),
        (seen(place=7), True, "You are already in, place 7"),
        (seen(queue=3), True, "You are already in the queue, number 3"),
    ],
)
async def test_joining_says_what_happened(
    view: wire.SessionView, already: bool, toast: str
) -> None:
    desk = Desk()
    desk.sessions.answers["Register"] = wire.RegisterResponse(session=view, already=already)
    answer = await handlers.joined(desk.call(), JoinSession(session_id=12))
    assert answer.toast == toast
    assert answer.screen and "🚪" in answer.screen.buttons[0][0].text


async def test_joining_asks_under_the_updates_own_id() -> None:
    desk = Desk()
    desk.sessions.answers["Register"] = wire.RegisterResponse(session=seen(place=1))
    await handlers.joined(desk.call(), JoinSession(session_id=12))
    [request] = desk.sessions.requests
    assert isinstance(request, wire.RegisterRequest)
    assert (request.session_id, request.write.actor_id) == (12, 7)
    assert request.write.request_id == "tg:42:1001:0"
    assert desk.writes == 1


@pytest.mark.parametrize(
    ("already", "toast"),
    [(False, "You are out. See you next time! 👋"), (True, "You were not in this session")],
)
async def test_leaving_says_what_happened(already: bool, toast: str) -> None:
    desk = Desk()
    desk.sessions.answers["GetSession"] = wire.GetSessionResponse(session=seen(place=7))
    desk.sessions.answers["Leave"] = wire.LeaveResponse(session=seen(), already=already)
    answer = await handlers.left(desk.call(), LeaveSession(session_id=12))
    assert answer.toast == toast
    assert answer.screen and "Join" in answer.screen.buttons[0][0].text


async def test_a_refusal_is_not_the_handlers_business() -> None:
    desk = Desk()
    refusal = RemoteRefusal(Kind.CONFLICT, "SESSION_STARTED", {})
    desk.sessions.answers["Register"] = refusal
    with pytest.raises(RemoteRefusal):
        await handlers.joined(desk.call(), JoinSession(session_id=12))


async def test_a_refreshed_card_says_so() -> None:
    desk = Desk()
    desk.sessions.answers["GetSession"] = wire.GetSessionResponse(session=seen())
    answer = await handlers.refreshed(desk.call(), RefreshSession(session_id=12))
    assert answer.toast == "Up to date"


@pytest.mark.parametrize("payload", ["", "x", "-1", "0", "1e3", "9" * 25])
async def test_a_link_to_no_session_is_answered_without_asking(payload: str) -> None:
    answer = await handlers.linked_card(Desk().call(), payload)
    assert answer.screen and answer.screen.text == "There is no such session."


async def test_a_link_shows_the_card() -> None:
    desk = Desk()
    desk.sessions.answers["GetSession"] = wire.GetSessionResponse(session=seen())
    answer = await handlers.linked_card(desk.call(), "12")
    assert answer.screen and "Chilonzor Arena" in answer.screen.text


async def test_the_first_page_asks_for_five_and_leaves_conversations() -> None:
    desk = Desk()
    desk.sessions.answers["ListSessions"] = wire.ListSessionsResponse(
        sessions=[seen()] * 5, next_page_token="t"
    )
    answer = await handlers.first_page(desk.call())
    assert answer.conversation is ENDED
    assert answer.screen and answer.screen.buttons[-1][-1].text == "2 »"


async def test_a_page_that_is_gone_shows_the_last_one() -> None:
    desk = Desk()
    found = [seen(evening(n)) for n in range(1, 8)]
    desk.sessions.answers["ListSessions"] = wire.ListSessionsResponse(sessions=found)
    answer = await handlers.turned(desk.call(), ShowPage(index=3))
    assert answer.screen and "Page 2" in answer.screen.text
    assert len(answer.screen.buttons) == 2 + 1


async def test_my_sessions_are_listed_or_offered() -> None:
    desk = Desk()
    desk.sessions.answers["ListMySessions"] = wire.ListMySessionsResponse()
    empty = await my_handlers.mine(desk.call())
    assert empty.screen and "not joined" in empty.screen.text
    desk.sessions.answers["ListMySessions"] = wire.ListMySessionsResponse(sessions=[seen(place=2)])
    some = await my_handlers.mine(desk.call())
    assert some.screen and "✅ place 2" in some.screen.text
