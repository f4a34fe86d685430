"""A database of its own for each test module, and the service over it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from services.chassis.migrations import MigrateSettings, migrate
from services.chassis.settings import load
from services.local.stores.postgres import PostgresPair
from services.local.stores.postgres_schemas import Database
from services.local.stores.valkey import ValkeyCluster
from tests.teams.league import League


@pytest_asyncio.fixture(scope="module")
async def stored(postgres: PostgresPair, request: pytest.FixtureRequest) -> Database:
    """The module's database, migrated."""
    name = request.module.__name__.rpartition(".")[2].removeprefix("test_")
    database = await postgres.create_database(f"teams_{name}")
    settings = load(MigrateSettings, {"DATABASE_MIGRATOR_URL": database.migrator_url("teams")})
    await migrate(settings, "services.teams.storage", "teams")
    await postgres.catch_up()
    return database


@pytest_asyncio.fixture(scope="module")
async def league(stored: Database, valkey: ValkeyCluster) -> AsyncIterator[League]:
    """The service, with a replica, the cache, and a users that knows everybody."""
    async with League.running(stored, valkey.url) as running:
        yield running
