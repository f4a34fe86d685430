"""The best players: by what, over what span, page by page."""

from __future__ import annotations

from typing import Any

import pytest
from fotbot.sessions.v1 import matches_service_pb2 as wire
from fotbot.sessions.v1.match_pb2 import PlayerFigures

from services.gateway.answers import Answer, Style
from services.gateway.calls import Call, UserId
from services.gateway.conversations import ENDED
from services.gateway.features.leaders import handlers
from services.gateway.features.leaders.callbacks import OpenLeaders
from tests.fakes.asking import Desk
from tests.fakes.played_evenings import people


def asked(desk: Desk, **reply: Any) -> Call:
    players = [
        PlayerFigures(user_id=21, goals=10, assists=5, wins=6, doubled_points=61),
        PlayerFigures(user_id=12, goals=3, wins=1, doubled_points=12),
        PlayerFigures(user_id=5, assists=1, doubled_points=1),
    ]
    known: dict[str, Any] = {"players": players, "first_place": 1, "season": 2026}
    desk.matches.answers["ListLeaders"] = wire.ListLeadersResponse(**{**known, **reply})
    desk.users.answers["ListPeople"] = people()
    return desk.call(user_id=UserId(12))


def buttons(answer: Answer) -> dict[str, Any]:
    assert answer.screen
    return {button.text: button for row in answer.screen.buttons for button in row}


async def test_the_command_shows_this_seasons_best_by_points_and_ends_a_conversation() -> None:
    desk = Desk()
    answer = await handlers.command(asked(desk))
    [request] = desk.matches.requests
    assert isinstance(request, wire.ListLeadersRequest)
    assert (request.season, request.order) == (-1, wire.LEADER_ORDER_POINTS)
    assert answer.conversation is ENDED
    assert answer.screen
    assert answer.screen.text == (
        "🏆 <b>The best of 2026</b>\n\n"
        "1. Dilshod · ⭐ 30½ · ⚽ 10 · 🅰️ 5 · 🏆 6\n"
        "<b>2. Bek · ⭐ 6 · ⚽ 3 · 🅰️ 0 · 🏆 1</b>\n"
        "3. Player · ⭐ ½ · ⚽ 0 · 🅰️ 1 · 🏆 0"
    )


@pytest.mark.parametrize(
    ("order", "asked_for"),
    [
        ("p", wire.LEADER_ORDER_POINTS),
        ("g", wire.LEADER_ORDER_GOALS),
        ("a", wire.LEADER_ORDER_ASSISTS),
        ("w", wire.LEADER_ORDER_WINS),
    ],
)
@pytest.mark.parametrize(("career", "season"), [(False, -1), (True, 0)])
async def test_order_and_span_are_asked_for(
    order: str, asked_for: int, career: bool, season: int
) -> None:
    desk = Desk()
    data = OpenLeaders(order=order, career=career, page="AQAAAAo")
    answer = await handlers.opened(asked(desk), data)
    [request] = desk.matches.requests
    assert isinstance(request, wire.ListLeadersRequest)
    assert (request.order, request.season, request.page_token) == (asked_for, season, "AQAAAAo")
    chosen = [text for text, one in buttons(answer).items() if one.style is Style.PRIMARY]
    assert len(chosen) == 2 and chosen[1] == ("All time" if career else "This year")
    assert answer.conversation is None


async def test_pages_lead_back_and_forth_in_the_same_order() -> None:
    desk = Desk()
    call = asked(desk, next_page_token="bb", previous_page_token="aa", first_place=11)
    answer = await handlers.opened(call, OpenLeaders(order="g", career=True, page="x"))
    found = buttons(answer)
    assert found["« Back"].data == OpenLeaders(order="g", career=True, page="aa")
    assert found["Further »"].data == OpenLeaders(order="g", career=True, page="bb")
    assert answer.screen and "11. Dilshod" in answer.screen.text
    assert found["⚽ Goals"].data == OpenLeaders(order="g", career=True)


async def test_where_nobody_has_played_it_says_so() -> None:
    answer = await handlers.command(asked(Desk(), players=[]))
    assert answer.screen and "Nobody has played yet." in answer.screen.text
    assert "Further »" not in buttons(answer)
