"""The world a sender is tested in."""

from collections.abc import AsyncIterator

import pytest_asyncio

from services.local.stores.postgres import PostgresPair
from services.local.stores.valkey import ValkeyCluster
from tests.fakes.telegram_api import FakeTelegram, telegram_api
from tests.gateway.sender import rig
from tests.gateway.sender.rig import World


@pytest_asyncio.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    async with telegram_api() as fake:
        yield fake


@pytest_asyncio.fixture(scope="session")
async def database_url(postgres: PostgresPair) -> str:
    return await rig.migrated(postgres)


@pytest_asyncio.fixture
async def world(
    database_url: str, valkey: ValkeyCluster, telegram: FakeTelegram
) -> AsyncIterator[World]:
    async with rig.world(database_url, valkey.url, telegram) as world:
        yield world
