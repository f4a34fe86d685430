"""One person's flood is his alone."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from services.gateway.texts import texts_for
from tests.e2e.city import City
from tests.e2e.league import league
from tests.e2e.webhook import Reply, deliver, message

FLOOD, HANDLED = 60, 30
TOO_MANY = texts_for("en")("limit.too_many")


@pytest_asyncio.fixture(params=["with the cache", "with the cache gone"])
async def cache(request: pytest.FixtureRequest, city: City) -> AsyncIterator[None]:
    """The flood is met with and without the cluster."""
    if request.param == "with the cache":
        yield
        return
    await city.valkey.stop()
    yield
    await city.valkey.start()
    await city.healed()


async def test_of_sixty_updates_at_once_thirty_are_handled_and_others_unaffected(
    city: City, cache: None
) -> None:
    async with league(city) as made:
        flooder, other = await made.member(), await made.member()
    replies = await asyncio.gather(*(write(city, flooder.telegram_id) for _ in range(FLOOD)))
    assert {reply.status for reply in replies} == {200}
    texts = [str(reply.body.get("text", "")) for reply in replies]
    assert texts.count(TOO_MANY) == 1
    assert sum(text not in ("", TOO_MANY) for text in texts) == HANDLED
    assert "sessions" in str((await write(city, other.telegram_id)).body["text"]).lower()


async def write(city: City, telegram_id: int) -> Reply:
    return await deliver(city.http, city.layout.webhook_url, message(telegram_id, "/help"))
