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
from services.sessions.migrate import STORAGE
from tests.sessions.evening import Evening


@pytest_asyncio.fixture(scope="module")
async def stored(postgres: PostgresPair, request: pytest.FixtureRequest) -> Database:
    """The module's database, migrated."""
    name = request.module.__name__.rpartition(".")[2].removeprefix("test_")
    database = await postgres.create_database(f"sessions_{name}")
    settings = load(MigrateSettings, {"DATABASE_MIGRATOR_URL": database.migrator_url("sessions")})
    await migrate(settings, STORAGE, "sessions")
    await postgres.catch_up()
    return database


@pytest_asyncio.fixture(scope="module")
async def evening(stored: Database, valkey: ValkeyCluster) -> AsyncIterator[Evening]:
    """The service, with a replica and the cache."""
    url, replica_url = stored.url("sessions"), stored.replica_url("sessions")
    async with Evening.running(url, replica_url, valkey.url) as running:
        yield running
