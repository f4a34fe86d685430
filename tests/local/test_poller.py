"""The poller's promises: order, nothing let go of before it is taken, answers carried out, the
token in no log, and somebody else's bot left alone."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web
from pydantic import SecretStr

from services.local.poller import Poller, PollerSettings
from tests.eventually import until
from tests.fakes.bot_api import TOKEN, FakeBotApi, bot_api, served

Answer = Callable[[Mapping[str, Any]], web.Response]


def taken(_: Mapping[str, Any]) -> web.Response:
    return web.Response()


@dataclass(slots=True)
class Gateway:
    """The webhook: what it was brought, and how it answers."""

    url: str = ""
    brought: list[int] = field(default_factory=list)
    secrets: set[str | None] = field(default_factory=set)
    answer: Answer = taken

    async def webhook(self, request: web.Request) -> web.Response:
        update = await request.json()
        self.brought.append(update["update_id"])
        self.secrets.add(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        return self.answer(update)


@pytest_asyncio.fixture
async def api() -> AsyncIterator[FakeBotApi]:
    async with bot_api() as fake:
        yield fake


@pytest_asyncio.fixture
async def gateway() -> AsyncIterator[Gateway]:
    stand_in = Gateway()
    app = web.Application()
    app.router.add_post("/telegram/webhook", stand_in.webhook)
    async with served(app) as address:
        stand_in.url = f"{address}/telegram/webhook"
        yield stand_in


@asynccontextmanager
async def polling(api: FakeBotApi, gateway: Gateway, token: str = TOKEN) -> AsyncIterator[None]:
    settings = PollerSettings(
        bot_token=SecretStr(token),
        telegram_api_url=api.url,
        webhook_url=gateway.url,
        webhook_secret=SecretStr("s3cret"),
        poll_seconds=5,
        pause_seconds=0.05,
    )
    async with aiohttp.ClientSession() as http:
        task = asyncio.create_task(Poller(settings, http).run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait([task])


def message(number: int, chat: int) -> dict[str, Any]:
    return {"update_id": number, "message": {"chat": {"id": chat}, "from": {"id": chat}}}


def tap(number: int, person: int) -> dict[str, Any]:
    return {"update_id": number, "callback_query": {"id": str(number), "from": {"id": person}}}


async def test_each_update_is_brought_once_with_the_secret_and_then_confirmed(
    api: FakeBotApi, gateway: Gateway
) -> None:
    async with polling(api, gateway):
        api.add(message(1, chat=7), tap(2, person=8))
        await api.confirmed()
        api.add(message(3, chat=7))
        await api.confirmed()
    assert sorted(gateway.brought) == [1, 2, 3]
    assert gateway.secrets == {"s3cret"}


async def test_the_method_in_the_answer_is_carried_out(api: FakeBotApi, gateway: Gateway) -> None:
    gateway.answer = lambda _: web.json_response(
        {"method": "answerCallbackQuery", "callback_query_id": "1", "text": "Place 7"}
    )
    async with polling(api, gateway):
        api.add(tap(1, person=8))
        params = await api.called("answerCallbackQuery")
        await api.confirmed()
    assert params == {"callback_query_id": "1", "text": "Place 7"}


@pytest.mark.parametrize("method", ["deleteWebhook", "getMe", "../bot1:x/getMe", "logOut"])
async def test_what_telegram_would_not_carry_out_is_not(
    api: FakeBotApi, gateway: Gateway, method: str
) -> None:
    gateway.answer = lambda _: web.json_response({"method": method})
    async with polling(api, gateway):
        api.add(tap(1, person=8))
        await api.confirmed()
    assert api.calls == []


async def test_on_503_the_update_stays_and_comes_again_after_the_time_asked_for(
    api: FakeBotApi, gateway: Gateway
) -> None:
    times: list[float] = []

    def busy_once(_: Mapping[str, Any]) -> web.Response:
        times.append(asyncio.get_running_loop().time())
        assert api.updates, "let go of before it was taken"
        return web.Response(status=503 if len(times) == 1 else 200, headers={"Retry-After": "1"})

    gateway.answer = busy_once
    async with polling(api, gateway):
        api.add(message(1, chat=7))
        await api.confirmed()
    assert gateway.brought == [1, 1]
    assert times[1] - times[0] >= 1


async def test_messages_of_a_chat_keep_their_order_and_do_not_wait_for_other_chats(
    api: FakeBotApi, gateway: Gateway
) -> None:
    def chat_7_is_slow(update: Mapping[str, Any]) -> web.Response:
        stuck = update["update_id"] == 1 and gateway.brought.count(1) < 4
        return web.Response(status=503 if stuck else 200, headers={"Retry-After": "0"})

    gateway.answer = chat_7_is_slow
    async with polling(api, gateway):
        api.add(message(1, chat=7), message(2, chat=7), message(3, chat=9), tap(4, person=7))
        await api.confirmed()
    assert gateway.brought.index(2) > 3, "the second message waited for the first"
    assert gateway.brought.index(3) < gateway.brought.index(2)
    assert gateway.brought.index(4) < gateway.brought.index(2)
    assert sorted(gateway.brought) == [1, 1, 1, 1, 2, 3, 4]


async def test_a_bot_with_a_webhook_is_left_alone_and_says_so(
    api: FakeBotApi, gateway: Gateway, caplog: pytest.LogCaptureFixture
) -> None:
    api.webhook = "https://football.example/hook/secret-path"
    api.updates.append(message(1, chat=7))
    async with polling(api, gateway):
        await said(caplog, "served by a webhook at football.example and is left alone")
    assert gateway.brought == []
    assert api.webhook
    assert "secret-path" not in caplog.text


async def test_telegrams_faults_pass_and_no_log_holds_the_token(
    api: FakeBotApi, gateway: Gateway, caplog: pytest.LogCaptureFixture
) -> None:
    api.failures = 2
    api.updates.append(message(1, chat=7))
    with caplog.at_level(logging.DEBUG):
        async with polling(api, gateway):
            await api.confirmed()
    assert "Telegram does not answer" in caplog.text
    assert TOKEN not in caplog.text


async def test_a_wrong_token_is_told_in_words(
    api: FakeBotApi, gateway: Gateway, caplog: pytest.LogCaptureFixture
) -> None:
    async with polling(api, gateway, token="4242:wrong"):
        await said(caplog, "does not know this BOT_TOKEN")
    assert "4242:wrong" not in caplog.text


async def said(caplog: pytest.LogCaptureFixture, words: str) -> None:
    await until(lambda: words in caplog.text)
