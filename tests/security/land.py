"""users, teams and sessions as they call each other in production, on a database whose roles and
schemas are the chart's: each service under its own role."""

from __future__ import annotations

import importlib
import re
import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from fotbot.sender.v1.sender_service_pb2_grpc import add_SenderServiceServicer_to_server
from fotbot.users.v1.users_import_service_pb2_grpc import add_UsersImportServiceServicer_to_server
from fotbot.users.v1.users_service_pb2_grpc import (
    UsersServiceStub,
    add_UsersServiceServicer_to_server,
)
from grpc.aio import Server

from services.chassis.cache import Cache
from services.chassis.client import connect, full_name
from services.chassis.db import Database
from services.chassis.migrations import MigrateSettings, migrate
from services.chassis.refused_acts import ACTION, RefusedActs
from services.chassis.server import serving
from services.chassis.setting_groups import StoreSettings
from services.chassis.settings import load
from services.gateway.sender.api import SenderServicer
from services.gateway.sender.identity import Identity
from services.gateway.sender.storage.notices import SqlNotices
from services.gateway.sender.storage.people import SqlPeople
from services.gateway.sender.storage.quarantine import SqlQuarantine
from services.local.roles import MIGRATIONS
from services.local.stores import postgres_schemas
from services.local.stores.postgres import PostgresPair
from services.local.stores.sql import Connection
from services.sessions.__main__ import register, servicers
from services.sessions.settings import SessionsSettings
from services.sessions.storage import tables as sessions_tables
from services.teams.__main__ import servicers as teams_servicers
from services.teams.people import RemotePeople
from services.teams.settings import TeamsSettings
from services.teams.storage import tables as teams_tables
from services.users.__main__ import importer, servicer
from services.users.settings import UsersSettings
from services.users.storage import tables as users_tables
from tests.helm.chart import CHART

DATABASE = "security"
AUDITED = ("users", "teams", "sessions")
ADMIN_ACCOUNT = 800_000_001
SECONDS = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Land:
    """Channels to the running services, and an administrator's view of their database."""

    channels: Mapping[str, Any]
    database: Connection

    async def refused(self) -> list[tuple[int, str]]:
        """Who has tried what in vain since this was asked last: actor and method, sorted."""
        found = []
        for schema in AUDITED:
            gone = f"DELETE FROM {schema}.audit WHERE action = $1 RETURNING actor_id, note"  # noqa: S608
            rows = await self.database.fetch(gone, ACTION)
            found += [(int(row["actor_id"]), str(row["note"])) for row in rows]
        return sorted(found)

    async def call(self, method: str, request: Any) -> Any:
        """`method` is in full, without a leading slash. Raises RemoteRefusal."""
        service, _, name = method.rpartition("/")
        _, package, version, short = service.split(".")
        file = re.sub(r"(?<!^)(?=[A-Z])", "_", short).lower()
        grpc = importlib.import_module(f"fotbot.{package}.{version}.{file}_pb2_grpc")
        stub = getattr(grpc, f"{short}Stub")(self.channels[package])
        return await getattr(stub, name)(request, timeout=SECONDS)


@asynccontextmanager
async def opened(postgres: PostgresPair, redis_url: str) -> AsyncIterator[Land]:
    """All of it."""
    database = await made_by_the_chart(postgres)
    async with AsyncExitStack() as stack:
        channels: dict[str, Any] = {}
        environ = {
            "REDIS_URL": redis_url,
            "INVITATION_KEY": "a key of the tests",
            "ADMIN_TG_IDS": str(ADMIN_ACCOUNT),
        }
        for name, serve in (
            ("users", _users),
            ("teams", _teams),
            ("sessions", _sessions),
            ("sender", _sender),
        ):
            own = environ | {"DATABASE_URL": database.url(name)}
            address = await serve(stack, own)
            environ[f"{name.upper()}_ADDR"] = address
            channel = connect(name, address, cap=SECONDS)
            channels[name] = await stack.enter_async_context(channel)
        connection = await postgres.admin(DATABASE)
        stack.push_async_callback(connection.close)
        yield Land(channels=channels, database=connection)


async def made_by_the_chart(postgres: PostgresPair) -> postgres_schemas.Database:
    """As the chart's SQL leaves it, migrated by the migrators. The roles are the whole server's."""
    admin = await postgres.admin()
    await admin.execute(f"CREATE DATABASE {DATABASE}")
    await admin.close()
    connection = await postgres.admin(DATABASE)
    await connection.execute((CHART / "files" / "database.sql").read_text())
    await connection.close()
    database = replace(postgres.database, name=DATABASE)
    for schema, module in MIGRATIONS.items():
        settings = load(MigrateSettings, {"DATABASE_MIGRATOR_URL": database.migrator_url(schema)})
        storage = importlib.import_module(module.replace(".migrate", ".storage")).__name__
        await migrate(settings, storage, schema)
    return database


async def _users(stack: AsyncExitStack, environ: Mapping[str, str]) -> str:
    settings = load(UsersSettings, environ)
    database = await stack.enter_async_context(Database.open(settings, "users"))
    cache = await _cache(stack, settings, "users")

    def add(server: Server) -> None:
        add_UsersServiceServicer_to_server(servicer(settings, database, cache), server)
        add_UsersImportServiceServicer_to_server(importer(settings, database, cache), server)

    forbidden = RefusedActs(database, users_tables.audit)
    served = serving(add, [full_name("users")], forbidden=forbidden)
    return await stack.enter_async_context(served)


async def _teams(stack: AsyncExitStack, environ: Mapping[str, str]) -> str:
    settings = load(TeamsSettings, environ)
    database = await stack.enter_async_context(Database.open(settings, "teams"))
    cache = await _cache(stack, settings, "teams")
    users = await stack.enter_async_context(connect("users", settings.users_addr))
    people = RemotePeople(UsersServiceStub(users))
    add = teams_servicers(settings, database, cache, people)
    forbidden = RefusedActs(database, teams_tables.audit)
    served = serving(add, [full_name("teams")], forbidden=forbidden)
    return await stack.enter_async_context(served)


async def _sessions(stack: AsyncExitStack, environ: Mapping[str, str]) -> str:
    settings = load(SessionsSettings, environ)
    database = await stack.enter_async_context(Database.open(settings, "sessions"))
    cache = await _cache(stack, settings, "sessions")
    served = await stack.enter_async_context(servicers(settings, database, cache))
    names = [one.name for one in served]
    forbidden = RefusedActs(database, sessions_tables.audit)
    running = serving(partial(register, served), names, forbidden=forbidden)
    return await stack.enter_async_context(running)


async def _sender(stack: AsyncExitStack, environ: Mapping[str, str]) -> str:
    """Without a way to Telegram: nothing is sent here."""
    settings = load(StoreSettings, environ)
    database = await stack.enter_async_context(Database.open(settings, "sender"))
    nobody: Any = None
    servicer = SenderServicer(
        database, nobody, Identity(), SqlNotices, SqlQuarantine, SqlPeople(database)
    )
    add = partial(add_SenderServiceServicer_to_server, servicer)
    return await stack.enter_async_context(serving(add, [full_name("sender")]))


async def _cache(stack: AsyncExitStack, settings: Any, name: str) -> Cache:
    """Databases of other tests have the same ids; their things must not meet ours."""
    return await stack.enter_async_context(Cache.open(settings, f"{name}-{uuid.uuid4().hex}"))
