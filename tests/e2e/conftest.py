"""What most tests of the whole system begin with."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.e2e.city import City
from tests.e2e.league import League, league


@pytest_asyncio.fixture(scope="module")
async def made(city: City) -> AsyncIterator[League]:
    """A league of the city, for a whole file."""
    async with league(city) as opened:
        yield opened
