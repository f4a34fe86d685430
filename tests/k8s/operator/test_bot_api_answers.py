"""The Bot API's answers become results or problems, and the token is in none of them."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web

from k8s.bot_operator.telegram import LONGEST_WAIT, Telegram, TelegramFault, webhook_info
from tests.k8s.operator.making import TOKEN

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def answering(handler: Handler, seconds: float = 2.0) -> AsyncIterator[Telegram]:
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handler)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        async with Telegram.open(f"http://127.0.0.1:{runner.addresses[0][1]}", seconds) as told:
            yield told
    finally:
        await runner.cleanup()


def saying(status: int, body: Any) -> Handler:
    text = body if isinstance(body, str) else json.dumps(body)

    async def handler(_request: web.Request) -> web.Response:
        return web.Response(status=status, text=text)

    return handler


def refusal(code: int, words: str, **parameters: Any) -> dict[str, Any]:
    return {"ok": False, "error_code": code, "description": words, "parameters": parameters}


async def fault(handler: Handler, seconds: float = 2.0) -> TelegramFault:
    async with answering(handler, seconds) as telegram:
        with pytest.raises(TelegramFault) as caught:
            await telegram.call(TOKEN, "setWebhook", url="https://x.example")
    return caught.value


async def test_a_result_is_handed_over() -> None:
    async with answering(saying(200, {"ok": True, "result": {"id": 1}})) as telegram:
        assert await telegram.call(TOKEN, "getMe") == {"id": 1}


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (401, refusal(401, "Unauthorized"), "TokenRefused"),
        (404, refusal(404, "Not Found"), "TokenRefused"),
        (400, refusal(400, f"Bad Request: bot{TOKEN} bad webhook"), "TelegramRefused"),
        (429, refusal(429, "Too Many Requests: retry after 7", retry_after=7), "Throttled"),
        (500, refusal(500, "Internal Server Error"), "TelegramDown"),
        (502, "<html>bad gateway</html>", "TelegramDown"),
        (200, "[" * 100_000, "TelegramDown"),
        (200, {"ok": False}, "TelegramRefused"),
        (302, "", "TelegramDown"),
    ],
)
async def test_each_refusal_has_its_reason_and_no_token(
    status: int, body: Any, reason: str
) -> None:
    problem = (await fault(saying(status, body))).problem
    assert problem.reason == reason
    assert TOKEN not in problem.message
    assert TOKEN.partition(":")[2] not in repr(problem)


async def test_retry_after_is_obeyed_within_reason() -> None:
    asked = (await fault(saying(429, refusal(429, "later", retry_after=7)))).problem
    assert asked.retry_after == 7
    absurd = (await fault(saying(429, refusal(429, "later", retry_after=10**9)))).problem
    assert absurd.retry_after == LONGEST_WAIT


async def test_silence_is_cut_and_told_without_the_address() -> None:
    async def never(_request: web.Request) -> web.StreamResponse:
        await asyncio.Event().wait()
        raise AssertionError

    silent = await fault(never, seconds=0.2)
    assert silent.problem.reason == "TelegramSilent"
    assert TOKEN not in repr(silent)


async def test_nobody_there_is_told_without_the_address() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    async with Telegram.open(f"http://127.0.0.1:{port}") as telegram:
        with pytest.raises(TelegramFault) as caught:
            await telegram.call(TOKEN, "getMe")
    assert caught.value.problem.reason == "TelegramUnreachable"
    shown = repr(caught.value) + caught.value.problem.message + repr(caught.value.__cause__)
    assert TOKEN not in shown


async def test_an_endless_answer_is_cut() -> None:
    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(64):
            await response.write(b"x" * 65536)
        return response

    assert (await fault(endless)).problem.reason == "TelegramUnreachable"


def test_webhook_info_is_read_and_an_odd_one_refused() -> None:
    found = webhook_info({"url": "https://x", "pending_update_count": 3}, TOKEN)
    assert (found.url, found.pending, found.max_connections) == ("https://x", 3, 40)
    odd: Any
    for odd in (None, [], {"pending_update_count": "many"}, {"last_error_date": 10**30}):
        with pytest.raises(TelegramFault):
            webhook_info(odd, TOKEN)
