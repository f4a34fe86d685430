"""What a person has played and won, as the other services tell it. Only adorns the profile: it is
shown without, when they do not answer in time."""

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import TypeVar

import grpc
import structlog
from fotbot.sessions.v1 import entries_service_pb2, matches_service_pb2

from services.chassis.deadline import budget
from services.chassis.errors import RemoteRefusal, Unanswered
from services.gateway.calls import Call

SECONDS = 1.0
"""For all of it together."""

log = structlog.get_logger(__name__)
Reply = TypeVar("Reply")


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """None is what nobody answered."""

    figures: matches_service_pb2.GetPlayerResponse | None
    coupons: int | None
    """Those not used yet."""


async def record(call: Call) -> Record:
    """The person's own figures and coupons."""
    person = call.person.user_id
    of_player = matches_service_pb2.GetPlayerRequest(user_id=person)
    of_coupons = entries_service_pb2.ListCouponsRequest(actor_id=person, user_id=person)
    with budget(SECONDS):
        figures = await _if_answered(call.services.matches.GetPlayer(of_player))
        coupons = await _if_answered(call.services.entries.ListCoupons(of_coupons))
    return Record(figures=figures, coupons=None if coupons is None else coupons.available)


async def _if_answered(reply: Awaitable[Reply]) -> Reply | None:
    try:
        return await reply
    except (Unanswered, RemoteRefusal, grpc.aio.AioRpcError) as error:
        log.warning("a profile is shown without a part", error=str(error))
        return None
