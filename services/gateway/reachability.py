"""Tells users when a person has blocked the bot or let it in again."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import grpc
import structlog
from fotbot.users.v1.users_service_pb2 import SetReachableRequest

from services.chassis.errors import RemoteRefusal, Unanswered
from services.gateway.incoming import Incoming, Kind

if TYPE_CHECKING:
    from fotbot.users.v1.users_service_pb2_grpc import UsersServiceAsyncStub

GONE = frozenset({"kicked", "left"})

log = structlog.get_logger(__name__)


async def tell_reachability(users: "UsersServiceAsyncStub", incoming: Incoming) -> None:
    """A failure is only logged: the sender finds out at the next notice."""
    member: Mapping[str, Any] = incoming.content[Kind.MEMBERSHIP].get("new_chat_member") or {}
    reachable = member.get("status") not in GONE
    request = SetReachableRequest(telegram_id=incoming.person or 0, reachable=reachable)
    try:
        await users.SetReachable(request)
    except (Unanswered, RemoteRefusal, grpc.aio.AioRpcError) as error:
        log.warning("users does not know who is reachable", error=str(error))
