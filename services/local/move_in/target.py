"""The services that take the rows: those of the addresses given, else the local system's, which
is started for the move when it does not run. Nothing that talks to Telegram is."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fotbot.sessions.v1.sessions_import_service_pb2_grpc import SessionsImportServiceStub
from fotbot.teams.v1.teams_import_service_pb2_grpc import TeamsImportServiceStub
from fotbot.users.v1.users_import_service_pb2_grpc import UsersImportServiceStub

from services.chassis.client import connect
from services.chassis.settings import SettingsError
from services.local.data_folder import AlreadyRunning, only_one, prepare
from services.local.move_in.settings import MoveInSettings
from services.local.places import Places, free_places
from services.local.process import LOOPBACK
from services.local.roles import Role
from services.local.supervisor import Supervisor
from services.local.system import System

if TYPE_CHECKING:
    from fotbot.sessions.v1.sessions_import_service_pb2_grpc import SessionsImportServiceAsyncStub
    from fotbot.teams.v1.teams_import_service_pb2_grpc import TeamsImportServiceAsyncStub
    from fotbot.users.v1.users_import_service_pb2_grpc import UsersImportServiceAsyncStub

OWNERS = ("users", "teams", "sessions")

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The import services of one system."""

    users: UsersImportServiceAsyncStub
    teams: TeamsImportServiceAsyncStub
    sessions: SessionsImportServiceAsyncStub


@asynccontextmanager
async def found_or_started(
    settings: MoveInSettings, environ: Mapping[str, str], say: Tell
) -> AsyncIterator[Target]:
    """Connected. Raises what starting the local system raises, SettingsError for addresses of
    some of the services only."""
    given = {name: address for name, address in _given(settings).items() if address}
    async with AsyncExitStack() as stack:
        if not given:
            given = await _local(settings, environ, say, stack)
        elif len(given) < len(OWNERS):
            raise SettingsError("USERS_ADDR, TEAMS_ADDR and SESSIONS_ADDR go together")
        cap = settings.seconds_per_call
        users, teams, sessions = [
            await stack.enter_async_context(connect(name, given[name], cap=cap)) for name in OWNERS
        ]
        yield Target(
            users=UsersImportServiceStub(users),
            teams=TeamsImportServiceStub(teams),
            sessions=SessionsImportServiceStub(sessions),
        )


def _given(settings: MoveInSettings) -> dict[str, str]:
    return {
        "users": settings.users_addr,
        "teams": settings.teams_addr,
        "sessions": settings.sessions_addr,
    }


async def _local(
    settings: MoveInSettings, environ: Mapping[str, str], say: Tell, stack: AsyncExitStack
) -> dict[str, str]:
    data = settings.data.absolute()
    prepare(data)
    try:
        stack.enter_context(only_one(data))
    except AlreadyRunning:
        say("into the local system, which runs")
        return _addresses(Places().roles)
    say("into the local system, started for the move")
    places = free_places() if environ.get("LOCAL_PORTS") == "free" else Places()
    supervisor = await stack.enter_async_context(Supervisor(data / "logs", tell=say))
    system = System(data, environ, supervisor, say=say, places=places)
    await system.start_only(OWNERS)
    return _addresses(places.roles)


def _addresses(roles: tuple[Role, ...]) -> dict[str, str]:
    return {
        role.name: f"ipv4:{LOOPBACK}:{role.ports['GRPC_PORT']}"
        for role in roles
        if role.name in OWNERS
    }
