"""The services' stubs, each on a channel of its own, with a read's share of the time budget.

An update has 5 s from the webhook on: a write may use all of it, since its outcome must be found
out; a read must be answered in 2.5 s, after that people rather hear "later". The hot methods'
calls travel together when there is a crowd.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from fotbot.sender.v1.sender_service_pb2_grpc import SenderServiceStub
from fotbot.sessions.v1 import sessions_service_pb2
from fotbot.sessions.v1.entries_service_pb2_grpc import EntriesServiceStub
from fotbot.sessions.v1.league_service_pb2_grpc import LeagueServiceStub
from fotbot.sessions.v1.matches_service_pb2_grpc import MatchesServiceStub
from fotbot.sessions.v1.sessions_service_pb2_grpc import SessionsServiceStub
from fotbot.teams.v1.sides_service_pb2_grpc import SidesServiceStub
from fotbot.teams.v1.teams_service_pb2_grpc import TeamsServiceStub
from fotbot.users.v1 import users_service_pb2
from fotbot.users.v1.users_service_pb2_grpc import UsersServiceStub
from google.protobuf.descriptor import Descriptor

from services.chassis.batch_calls import BatchedCalls
from services.chassis.client import connect
from services.chassis.deadline import budget, time_left
from services.gateway.calls import Services
from services.gateway.settings import GatewaySettings

Method = Callable[[Any], Awaitable[Any]]

BATCHED: Mapping[str, Mapping[str, type[Any]]] = {
    "users": {"EnsureUser": users_service_pb2.BatchEnsureUsersRequest},
    "sessions": {
        "ListSessions": sessions_service_pb2.BatchListSessionsRequest,
        "GetSession": sessions_service_pb2.BatchGetSessionsRequest,
        "Register": sessions_service_pb2.BatchRegisterRequest,
        "Leave": sessions_service_pb2.BatchLeaveRequest,
    },
}
"""By service and method: the request of the Batch… method that carries its calls."""

LEAST_READ_SECONDS = 0.25
"""What a read after a slow write still gets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Seconds from the webhook on: for a whole update, and for its reads."""

    update: float = 5.0
    read: float = 2.5


USUAL_PACE = Pace()


@asynccontextmanager
async def services(settings: GatewaySettings, pace: Pace = USUAL_PACE) -> AsyncIterator[Services]:
    """Stubs of all services; they connect when first used."""
    async with AsyncExitStack() as stack:

        async def channel(service: str, address: str) -> Any:
            return await stack.enter_async_context(connect(service, address))

        users = await channel("users", settings.users_addr)
        sessions = await channel("sessions", settings.sessions_addr)
        teams = await channel("teams", settings.teams_addr)
        sender = await channel("sender", settings.sender_addr)
        yield Services(
            users=within(pace, UsersServiceStub(users), "users"),
            sessions=within(pace, SessionsServiceStub(sessions), "sessions"),
            entries=within(pace, EntriesServiceStub(sessions)),
            matches=within(pace, MatchesServiceStub(sessions)),
            league=within(pace, LeagueServiceStub(sessions)),
            teams=within(pace, TeamsServiceStub(teams)),
            sides=within(pace, SidesServiceStub(teams)),
            sender=cast(Any, SenderServiceStub(sender)),
        )


class _Paced:
    """A stub whose reads get less time than its writes, and whose hot calls travel together."""

    def __init__(self, pace: Pace, stub: object, service: str) -> None:
        for name, method in vars(stub).items():
            setattr(self, name, _paced(pace, method))
        for name, request_type in BATCHED.get(service, {}).items():
            setattr(self, name, _together(pace, stub, service, request_type))


def within(pace: Pace, stub: object, service: str = "") -> Any:
    """The same stub for the type checker; requests without a WriteContext are reads."""
    return cast(Any, _Paced(pace, stub, service))


def _together(pace: Pace, stub: object, service: str, request_type: type[Any]) -> Method:
    """A hot method of a service's main stub."""
    batch = getattr(stub, request_type.DESCRIPTOR.name.removesuffix("Request"))
    calls = BatchedCalls(service, batch, request_type)
    item = request_type.DESCRIPTOR.fields_by_name["items"].message_type
    if _is_write(item.fields_by_name["request"].message_type):
        return calls
    return lambda request: calls(request, _read_seconds(pace))


def _paced(pace: Pace, method: Method) -> Method:
    async def ask(request: Any) -> Any:
        if _is_write(request.DESCRIPTOR):
            return await method(request)
        with budget(_read_seconds(pace)):
            return await method(request)

    return ask


def _read_seconds(pace: Pace) -> float:
    return max(pace.read - (pace.update - time_left()), LEAST_READ_SECONDS)


@cache
def _is_write(request: Descriptor) -> bool:
    return "write" in request.fields_by_name
