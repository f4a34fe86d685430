"""The three import services over one database, and the old bot's database beside it."""

from __future__ import annotations

import argparse
import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from fotbot.sessions.v1.sessions_import_service_pb2_grpc import (
    add_SessionsImportServiceServicer_to_server,
)
from fotbot.teams.v1.teams_import_service_pb2_grpc import add_TeamsImportServiceServicer_to_server
from fotbot.users.v1.users_import_service_pb2_grpc import add_UsersImportServiceServicer_to_server

from services.chassis.cache import Cache
from services.chassis.client import full_name
from services.chassis.db import Database
from services.chassis.imports import Imports
from services.chassis.migrations import MigrateSettings, migrate
from services.chassis.server import serving
from services.chassis.settings import load
from services.local.move_in.__main__ import move
from services.local.move_in.report import Report
from services.local.move_in.settings import MoveInSettings
from services.local.stores.postgres import PostgresPair
from services.local.stores.sql import Connection, connect
from services.sessions.imports import SessionsImportServicer
from services.teams.imports import TeamsImportServicer
from services.users.domain.user import Language
from services.users.imports import UsersImportServicer
from services.users.settings import UsersSettings
from tests.local.old_bot import Scale, build

SCHEMAS = ("users", "teams", "sessions")


@dataclass(frozen=True, slots=True, kw_only=True)
class Houses:
    """The old one and the new one."""

    old_url: str
    old: Connection
    new: dict[str, Connection]
    """By schema, as its owner."""
    databases: dict[str, Database]
    """By schema, as its service has it."""
    addresses: dict[str, str]

    async def move(self, *, times: str = "wall", dry_run: bool = False, **environ: str) -> Report:
        """As the command does it."""
        told = argparse.Namespace(old=self.old_url, dry_run=dry_run, times=times, report=None)
        settings = load(MoveInSettings, {**self.addresses, **environ})
        return await move(told, settings, {})

    async def one(self, schema: str, query: str, *values: object) -> Any:
        """A value of the new one."""
        return await self.new[schema].fetchval(query, *values)


@asynccontextmanager
async def houses(
    postgres: PostgresPair, redis_url: str, name: str, scale: Scale, *, enabled: bool = True
) -> AsyncIterator[Houses]:
    """An old bot of that scale, and services that have nothing yet."""
    async with AsyncExitStack() as stack:
        old_bot = await postgres.create_database(f"old_{name}")
        old = await connect(old_bot.migrator_url("users"))
        stack.push_async_callback(old.close)
        await build(old, scale)
        new_bot = await postgres.create_database(f"new_{name}")
        addresses, new, databases = {}, {}, {}
        for schema in SCHEMAS:
            settings = load(
                MigrateSettings, {"DATABASE_MIGRATOR_URL": new_bot.migrator_url(schema)}
            )
            storage = f"services.{schema}.storage"
            await migrate(settings, storage, schema)
            new[schema] = await connect(new_bot.url(schema))
            stack.push_async_callback(new[schema].close)
            environ = {"DATABASE_URL": new_bot.url(schema), "REDIS_URL": redis_url}
            stored = load(UsersSettings, environ)
            database = await stack.enter_async_context(Database.open(stored, schema))
            databases[schema] = database
            cache = await stack.enter_async_context(Cache.open(stored, uuid.uuid4().hex))
            register = partial(_register, schema, Imports(database, enabled=enabled), cache)
            address = await stack.enter_async_context(serving(register, [full_name(schema)]))
            addresses[f"{schema.upper()}_ADDR"] = address
        url = old_bot.migrator_url("users").replace("+asyncpg", "")
        yield Houses(
            old_url=f"{url}?schema=users",
            old=old,
            new=new,
            databases=databases,
            addresses=addresses,
        )


def _register(schema: str, imports: Imports, cache: Cache, server: Any) -> None:
    if schema == "users":
        users = UsersImportServicer(imports=imports, cache=cache, default_language=Language.UZ)
        add_UsersImportServiceServicer_to_server(users, server)
    elif schema == "teams":
        teams = TeamsImportServicer(imports=imports, cache=cache)
        add_TeamsImportServiceServicer_to_server(teams, server)
    else:
        sessions = SessionsImportServicer(imports=imports)
        add_SessionsImportServiceServicer_to_server(sessions, server)
