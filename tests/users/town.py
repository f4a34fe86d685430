"""The users service on real parts: its gRPC server, Postgres and the cache."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from fotbot.common.v1.write_pb2 import WriteContext
from fotbot.users.v1 import user_pb2
from fotbot.users.v1 import users_service_pb2 as wire
from fotbot.users.v1.users_service_pb2_grpc import (
    UsersServiceStub,
    add_UsersServiceServicer_to_server,
)

from services.chassis.cache import Cache
from services.chassis.client import connect, full_name
from services.chassis.db import Database
from services.chassis.server import serving
from services.chassis.settings import load
from services.local.stores import postgres_schemas
from services.users.__main__ import servicer
from services.users.settings import UsersSettings

ADMIN_ACCOUNT = 900_000_001
_accounts = itertools.count(1_000_000)


class WithDeadline:
    """A stub whose every call has a deadline of its own."""

    def __init__(self, stub: Any) -> None:
        self._stub = stub

    def __getattr__(self, method: str) -> Any:
        return partial(getattr(self._stub, method), timeout=20.0)


class Town:
    """A running service and what its tests do with it."""

    def __init__(self, stub: WithDeadline, database: Database, cache: Cache) -> None:
        self.stub = stub
        self.database = database
        self.cache = cache

    @classmethod
    @asynccontextmanager
    async def running(
        cls, stored: postgres_schemas.Database, redis_url: str, cache_name: str = ""
    ) -> AsyncIterator[Town]:
        """With a part of the cache of its own, unless `cache_name` says whose."""
        settings = load(
            UsersSettings,
            {
                "DATABASE_URL": stored.url("users"),
                "DATABASE_REPLICA_URL": stored.replica_url("users"),
                "REDIS_URL": redis_url,
                "ADMIN_TG_IDS": str(ADMIN_ACCOUNT),
            },
        )
        async with (
            Database.open(settings, "users") as database,
            # Databases of other tests have the same ids; their people must not meet ours.
            Cache.open(settings, cache_name or f"users-{uuid.uuid4().hex}") as cache,
            serving(
                partial(add_UsersServiceServicer_to_server, servicer(settings, database, cache)),
                [full_name("users")],
            ) as address,
            connect("users", address, cap=20.0) as channel,
        ):
            yield cls(WithDeadline(UsersServiceStub(channel)), database, cache)

    @staticmethod
    def write(actor_id: int, request_id: str = "") -> WriteContext:
        """A write of its own, unless a request id says which."""
        return WriteContext(actor_id=actor_id, request_id=request_id or uuid.uuid4().hex)

    async def seen(self, account: int = 0, code: str = "") -> user_pb2.User:
        """A person at first sight, or again."""
        request = wire.EnsureUserRequest(telegram_id=account or next(_accounts), language_code=code)
        user: user_pb2.User = (await self.stub.EnsureUser(request)).user
        return user

    async def registered(self, name: str = "Aziz", account: int = 0) -> user_pb2.User:
        """A person with a name and a phone."""
        user = await self.seen(account)
        await self.name(user.id, name)
        return await self.phone(user, f"+9989{user.telegram_id % 100_000_000:08}")

    async def name(self, user_id: int, name: str, request_id: str = "") -> user_pb2.User:
        request = wire.SetNameRequest(write=self.write(user_id, request_id), name=name)
        user: user_pb2.User = (await self.stub.SetName(request)).user
        return user

    async def phone(self, user: user_pb2.User, phone: str, contact: int = 0) -> user_pb2.User:
        request = wire.SetPhoneRequest(
            write=self.write(user.id),
            phone=phone,
            contact_telegram_id=contact or user.telegram_id,
        )
        changed: user_pb2.User = (await self.stub.SetPhone(request)).user
        return changed

    async def admin(self) -> user_pb2.User:
        return await self.registered("Admin", ADMIN_ACCOUNT)

    async def appoint(self, actor_id: int, user_id: int) -> user_pb2.Person:
        request = wire.AppointOrganiserRequest(write=self.write(actor_id), user_id=user_id)
        person: user_pb2.Person = (await self.stub.AppointOrganiser(request)).person
        return person

    async def names(self, *user_ids: int) -> list[str]:
        """As lists show them: read from the replica when there is one."""
        answer = await self.stub.ListPeople(wire.ListPeopleRequest(user_ids=user_ids))
        return [person.name for person in answer.people]

    async def role(self, user_id: int) -> user_pb2.Role.ValueType:
        role: user_pb2.Role.ValueType = (
            await self.stub.GetRole(wire.GetRoleRequest(user_id=user_id))
        ).role
        return role
