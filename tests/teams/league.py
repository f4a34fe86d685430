"""The teams service on real parts: its gRPC server, Postgres, the cache, and a fake users."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from fotbot.common.v1.write_pb2 import WriteContext
from fotbot.teams.v1 import team_pb2
from fotbot.teams.v1 import teams_service_pb2 as wire
from fotbot.teams.v1.sides_service_pb2_grpc import SidesServiceStub
from fotbot.teams.v1.teams_service_pb2_grpc import TeamsServiceStub
from fotbot.users.v1 import user_pb2
from fotbot.users.v1 import users_service_pb2 as users_wire
from fotbot.users.v1.users_service_pb2_grpc import (
    UsersServiceServicer,
    UsersServiceStub,
    add_UsersServiceServicer_to_server,
)

from services.chassis.cache import Cache
from services.chassis.client import connect, full_name
from services.chassis.db import Database
from services.chassis.errors import NotFound
from services.chassis.server import serving
from services.chassis.settings import load
from services.local.stores import postgres_schemas
from services.teams.__main__ import servicers
from services.teams.people import RemotePeople
from services.teams.settings import TeamsSettings

_people = itertools.count(1)


class UserNotFound(NotFound):
    """As users refuses."""

    reason = "USER_NOT_FOUND"


class Crowd(UsersServiceServicer):
    """Everybody up to a million is registered and called by his number; beyond, nobody is there."""

    def __init__(self) -> None:
        self.unregistered: set[int] = set()
        self.wishes: dict[int, int] = {}
        self.is_broken = False

    async def GetRole(
        self, request: users_wire.GetRoleRequest, context: Any
    ) -> users_wire.GetRoleResponse:
        if request.user_id > 1_000_000:
            raise UserNotFound("nobody has this id")
        registered = request.user_id not in self.unregistered
        return users_wire.GetRoleResponse(role=user_pb2.ROLE_PLAYER, registered=registered)

    async def ListPeople(
        self, request: users_wire.ListPeopleRequest, context: Any
    ) -> users_wire.ListPeopleResponse:
        if self.is_broken:
            raise ZeroDivisionError
        people = [
            user_pb2.Person(id=who, name=f"P{who}", shirt_number=self.wishes.get(who, 0))
            for who in request.user_ids
        ]
        return users_wire.ListPeopleResponse(people=people)


class WithDeadline:
    """A stub whose every call has a deadline of its own."""

    def __init__(self, stub: Any) -> None:
        self._stub = stub

    def __getattr__(self, method: str) -> Any:
        return partial(getattr(self._stub, method), timeout=20.0)


class League:
    """A running service and what its tests do with it."""

    def __init__(
        self,
        stub: WithDeadline,
        sides: WithDeadline,
        crowd: Crowd,
        database: Database,
        cache: Cache,
    ) -> None:
        self.stub = stub
        self.sides = sides
        self.crowd = crowd
        self.database = database
        self.cache = cache

    @classmethod
    @asynccontextmanager
    async def running(
        cls,
        stored: postgres_schemas.Database,
        redis_url: str,
        *,
        users_addr: str = "",
        cache_name: str = "",
    ) -> AsyncIterator[League]:
        """Beside a `Crowd` and with a part of the cache of its own, unless told otherwise."""
        crowd = Crowd()
        add_crowd = partial(add_UsersServiceServicer_to_server, crowd)
        async with serving(add_crowd, [full_name("users")]) as crowd_addr:
            settings = load(
                TeamsSettings,
                {
                    "DATABASE_URL": stored.url("teams"),
                    "DATABASE_REPLICA_URL": stored.replica_url("teams"),
                    "REDIS_URL": redis_url,
                    "USERS_ADDR": users_addr or crowd_addr,
                    "INVITATION_KEY": "a long random text",
                },
            )
            async with (
                Database.open(settings, "teams") as database,
                # Databases of other tests have the same ids; their teams must not meet ours.
                Cache.open(settings, cache_name or f"teams-{uuid.uuid4().hex}") as cache,
                connect("users", settings.users_addr) as users,
                serving(
                    servicers(settings, database, cache, RemotePeople(UsersServiceStub(users))),
                    [full_name("teams")],
                ) as address,
                connect("teams", address, cap=20.0) as channel,
            ):
                stub, sides = TeamsServiceStub(channel), SidesServiceStub(channel)
                yield cls(WithDeadline(stub), WithDeadline(sides), crowd, database, cache)

    @staticmethod
    def write(actor_id: int, request_id: str = "") -> WriteContext:
        """A write of its own, unless a request id says which."""
        return WriteContext(actor_id=actor_id, request_id=request_id or uuid.uuid4().hex)

    @staticmethod
    def person() -> int:
        """Somebody whom no other test knows."""
        return next(_people)

    async def team(self, captain: int = 0, name: str = "Reds") -> team_pb2.Team:
        request = wire.CreateTeamRequest(write=self.write(captain or self.person()), name=name)
        team: team_pb2.Team = (await self.stub.CreateTeam(request)).team
        return team

    async def link(self, team: team_pb2.Team, request_id: str = "") -> str:
        """The token of a link by the captain."""
        request = wire.CreateInvitationRequest(
            write=self.write(team.captain_id, request_id), team_id=team.id
        )
        token: str = (await self.stub.CreateInvitation(request)).invitation.token
        return token

    async def join(self, user_id: int, token: str, request_id: str = "") -> wire.JoinTeamResponse:
        request = wire.JoinTeamRequest(write=self.write(user_id, request_id), token=token)
        answer: wire.JoinTeamResponse = await self.stub.JoinTeam(request)
        return answer

    async def leave(self, user_id: int, team_id: int) -> wire.LeaveTeamResponse:
        request = wire.LeaveTeamRequest(write=self.write(user_id), team_id=team_id)
        answer: wire.LeaveTeamResponse = await self.stub.LeaveTeam(request)
        return answer

    async def seen(self, viewer_id: int, team_id: int) -> team_pb2.Team:
        """One team, as a member sees it."""
        request = wire.GetTeamRequest(viewer_id=viewer_id, team_id=team_id)
        team: team_pb2.Team = (await self.stub.GetTeam(request)).team
        return team

    async def mine(self, viewer_id: int) -> list[team_pb2.Team]:
        """The teams of a person."""
        answer = await self.stub.ListMyTeams(wire.ListMyTeamsRequest(viewer_id=viewer_id))
        return list(answer.teams)


def roster(team: team_pb2.Team) -> list[int]:
    """Who is in, in order."""
    return [member.user_id for member in team.members]
