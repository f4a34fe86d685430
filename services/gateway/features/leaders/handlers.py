"""Asks sessions for a page of the best, users for their names."""

from fotbot.sessions.v1 import matches_service_pb2
from fotbot.sessions.v1.matches_service_pb2 import (
    LEADER_ORDER_ASSISTS,
    LEADER_ORDER_GOALS,
    LEADER_ORDER_POINTS,
    LEADER_ORDER_WINS,
)

from services.gateway.answers import Answer, Screen
from services.gateway.calls import Call
from services.gateway.conversations import ENDED
from services.gateway.features.leaders import screens
from services.gateway.features.leaders.callbacks import OpenLeaders
from services.gateway.features.names import names

ORDERS = {
    "p": LEADER_ORDER_POINTS,
    "g": LEADER_ORDER_GOALS,
    "a": LEADER_ORDER_ASSISTS,
    "w": LEADER_ORDER_WINS,
}

CURRENT_SEASON, CAREER = -1, 0


async def command(call: Call, _argument: str = "") -> Answer:
    return Answer(screen=await _page(call, OpenLeaders()), conversation=ENDED)


async def opened(call: Call, data: OpenLeaders) -> Answer:
    return Answer(screen=await _page(call, data))


async def _page(call: Call, data: OpenLeaders) -> Screen:
    request = matches_service_pb2.ListLeadersRequest(
        season=CAREER if data.career else CURRENT_SEASON,
        order=ORDERS[data.order],
        page_token=data.page,
    )
    reply = await call.services.matches.ListLeaders(request)
    people = await names(call, [one.user_id for one in reply.players])
    return screens.page(reply, people, data, call)
