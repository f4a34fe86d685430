"""More gateways of one city: a second door, and one that lets people be quicker than people are."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from services.local.layout import LOCAL_BOT
from services.local.ports import free_port
from services.local.process import LOOPBACK, answers_http
from tests.e2e.city import SECRET, City


@asynccontextmanager
async def second_gateway(city: City, name: str, **options: str) -> AsyncIterator[str]:
    """Another gateway beside the city's own, with these settings; its webhook's address."""
    first = next(process for process in city.layout.services() if process.name == "gateway")
    http, ops = free_port(), free_port()
    env = {**first.env, **options, "HTTP_PORT": str(http), "OPS_PORT": str(ops)}
    second = replace(first, name=name, env=env, ports={}, ready=answers_http(ops))
    await city.supervisor.start(second)
    try:
        yield f"http://{LOOPBACK}:{http}/telegram/webhook"
    finally:
        await city.supervisor.stop(name)


@asynccontextmanager
async def unlimited(city: City) -> AsyncIterator[City]:
    """The city while its Telegram speaks to a gateway that turns nobody away for being quick: a
    whole evening passes in seconds."""
    async with second_gateway(city, "gateway-unlimited", RATE_LIMIT_MAX="10000") as door:
        await lead_telegram_to(city, door)
        try:
            yield city
        finally:
            await lead_telegram_to(city, city.layout.webhook_url)


async def lead_telegram_to(city: City, webhook: str) -> None:
    url = f"{city.layout.telegram_api_url}/bot{LOCAL_BOT}/setWebhook"
    body = {"url": webhook, "secret_token": SECRET}
    async with city.http.post(url, json=body) as response:
        assert response.status == 200, await response.text()
