"""The driver against doors that behave and doors that do not; the sink as a bot's Telegram."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import count
from typing import Any

import aiohttp
from aiohttp import web

from services.gateway.features.sessions.callbacks import JoinSession
from tests.load.driver import Door, Load
from tests.load.sink import Sink, serve
from tests.load.updates import PLAIN, Crowd

Answering = Callable[[dict[str, Any]], web.Response]


@asynccontextmanager
async def door(answering: Answering) -> AsyncIterator[Door]:
    async def handle(request: web.Request) -> web.Response:
        assert request.headers["X-Telegram-Bot-Api-Secret-Token"] == "s"
        return answering(await request.json())

    app = web.Application()
    app.router.add_post("/telegram/webhook", handle)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield Door(host="127.0.0.1", port=runner.addresses[0][1], secret="s")
    finally:
        await runner.cleanup()


def answered(update: dict[str, Any]) -> web.Response:
    method = "answerCallbackQuery" if "callback_query" in update else "sendMessage"
    return web.json_response({"method": method})


async def test_a_closed_loop_brings_each_update_once() -> None:
    seen: list[dict[str, Any]] = []

    def answering(update: dict[str, Any]) -> web.Response:
        seen.append(update)
        return answered(update)

    crowd = Crowd(operation="register", people=7, sessions=(1, 2, 3))
    async with door(answering) as to:
        record = await Load(to, crowd.acts(), connections=4).closed(count=21)
    assert (record.sent, record.done, record.lost, len(record.latency)) == (21, 21, 0, 21)
    assert record.methods == {"answerCallbackQuery": 21}
    assert len({update["update_id"] for update in seen}) == 21
    assert len(set(record.taken)) == 21
    pressed = {update["callback_query"]["data"] for update in seen}
    assert pressed == {JoinSession(session_id=n).pack() for n in (1, 2, 3)}


async def test_time_in_an_open_loop_counts_from_when_an_update_was_due() -> None:
    async def slow(request: web.Request) -> web.Response:
        await asyncio.sleep(0.05)
        return web.json_response({"method": "sendMessage"})

    app = web.Application()
    app.router.add_post("/telegram/webhook", slow)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    to = Door(host="127.0.0.1", port=runner.addresses[0][1], secret="s")
    load = Load(to, Crowd(operation="start", people=5).acts(), connections=1)
    record = await load.at_rate(100, seconds=0.2)
    await runner.cleanup()
    assert record.done == 20
    # One at a time they take a second, and all of them were due in the first fifth of it.
    assert record.latency.quantile(1.0) > 0.7


async def test_what_is_held_back_comes_again() -> None:
    tries = count()

    def answering(update: dict[str, Any]) -> web.Response:
        if next(tries) < 3:
            return web.Response(status=503, headers={"Retry-After": "0"})
        return answered(update)

    async with door(answering) as to:
        crowd = Crowd(operation="list", people=5, words=PLAIN)
        record = await Load(to, crowd.acts(), connections=2).closed(count=5)
    assert (record.done, record.again, record.lost) == (5, 3, 0)
    assert record.statuses == {200: 5, 503: 3}


async def test_a_tap_that_its_answer_does_not_answer_is_remembered() -> None:
    async with door(lambda update: web.json_response({})) as to:
        crowd = Crowd(operation="register", people=5, sessions=(1,), words=PLAIN)
        record = await Load(to, crowd.acts(), connections=2, keep=True).closed(count=5)
    assert sorted(record.unanswered) == sorted(act.update_id for act, _ in record.bodies)


async def test_the_sink_counts_and_remembers_whatever_the_body_is() -> None:
    async with await serve(Sink(), "127.0.0.1", 0) as server, aiohttp.ClientSession() as http:
        base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        query = {"callback_query_id": "77"}
        multipart = aiohttp.FormData({"callback_query_id": "78"}, default_to_multipart=True)
        for body in ({"json": query}, {"data": query}, {"data": multipart}):
            async with http.post(f"{base}/bot1:x/answerCallbackQuery", **body) as response:
                assert await response.json() == {"ok": True, "result": True}
        async with http.post(f"{base}/bot1:x/sendMessage", json={"chat_id": 5}) as response:
            assert (await response.json())["result"]["chat"]["id"] == 5
        async with http.get(f"{base}/answered") as response:
            assert json.loads(await response.read()) == [[77, 2], [78, 1]]
        async with http.get(f"{base}/counts") as response:
            assert json.loads(await response.read()) == {
                "answerCallbackQuery": 3,
                "sendMessage": 1,
            }
