"""Updates reach the webhook by Telegram's rules."""

import asyncio

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from services.local.telegram.pace import Pace, retry_after
from services.local.telegram.people import GROUP_ID
from tests.eventually import until
from tests.local.telegram.running import SECRET, Clock, Hook, Json, Running, hooked, running

UNAVAILABLE = 503


def text_of(update: Json) -> str:
    text: str = update.get("message", {}).get("text", "")
    return text


def said(hook: Hook) -> list[str]:
    return [text_of(update) for update in hook.got]


async def pending(local: Running, count: int) -> None:
    await until(lambda: local.telegram.updates.pending() == count)


async def test_an_update_carries_the_secret_and_ids_are_sequential() -> None:
    async with running() as local, hooked() as hook:
        local.listen_to(hook)
        for _ in range(3):
            await local.act(1002, "say", text="Привет")
        got = await hook.until(3)
        first = got[0]["update_id"]
        assert [update["update_id"] for update in got] == [first, first + 1, first + 2]
        sent = {header["X-Telegram-Bot-Api-Secret-Token"] for header in hook.headers}
        assert sent == {SECRET}
        assert {header["Content-Type"] for header in hook.headers} == {"application/json"}
        await pending(local, 0)


async def test_a_failing_chat_waits_in_order_and_holds_up_nobody_else() -> None:
    failing = True

    def handle(update: Json) -> web.Response | None:
        return web.Response(status=UNAVAILABLE) if failing and text_of(update) == "a" else None

    async with running() as local, hooked(handle) as hook:
        local.listen_to(hook)
        for text in "abc":
            await local.act(1002, "say", text=text)
        await local.act(1003, "say", text="other")
        await until(lambda: "other" in said(hook) and said(hook).count("a") >= 4)
        assert not {"b", "c"} & set(said(hook))
        info = await local.result("getWebhookInfo")
        assert info["last_error_message"] == "Wrong response from the webhook: 503"
        failing = False
        await until(lambda: said(hook)[-2:] == ["b", "c"])
        await pending(local, 0)


async def test_presses_of_many_people_in_one_group_arrive_in_parallel_one_persons_in_turn() -> None:
    release, under_way, most = asyncio.Event(), 0, 0

    async def handle(update: Json) -> None:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await release.wait()
        under_way -= 1

    async with running() as local, hooked(handle) as hook:
        local.listen_to(hook)
        for data in ("one", "two"):
            for person in range(1001, 1006):
                await local.act(person, "press", chat=GROUP_ID, message_id=1, data=data)
        await hook.until(5)
        assert {update["callback_query"]["data"] for update in hook.got} == {"one"}
        release.set()
        assert len(await hook.until(10)) == 10
        assert most == 5


async def test_no_more_are_under_way_than_max_connections() -> None:
    release, under_way, most = asyncio.Event(), 0, 0

    async def handle(update: Json) -> None:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await release.wait()
        under_way -= 1

    async with running() as local, hooked(handle) as hook:
        local.listen_to(hook, connections=2)
        for person in range(1001, 1007):
            await local.act(person, "say", text="a")
        await hook.until(2)
        release.set()
        await hook.until(6)
        assert most == 2


async def test_nothing_more_is_loaded_while_twice_max_connections_queues_wait() -> None:
    stuck = {1001, 1002}

    def handle(update: Json) -> web.Response | None:
        refused = update["message"]["chat"]["id"] in stuck
        return web.Response(status=UNAVAILABLE) if refused else None

    async with running() as local, hooked(handle) as hook:
        local.listen_to(hook, connections=1)
        for person in (1001, 1002, 1003):
            await local.act(person, "say", text=str(person))
        await until(lambda: min(said(hook).count(text) for text in ("1001", "1002")) >= 3)
        assert "1003" not in said(hook)
        stuck.clear()
        await until(lambda: "1003" in said(hook))


async def test_the_method_in_the_answer_is_carried_out_once_and_get_or_set_webhook_is_not() -> None:
    def handle(update: Json) -> Json | web.Response:
        if text_of(update) == "form":
            form = f"method=sendMessage&chat_id={update['message']['chat']['id']}&text=formed"
            kind = "application/x-www-form-urlencoded"
            return web.Response(text=form, content_type=kind)
        if text_of(update) == "webhook":
            return {"method": "setWebhook", "url": "https://elsewhere.uz"}
        if text_of(update) == "bad":
            return {"method": "sendMessage", "chat_id": 1002, "text": ""}
        return {"method": "sendMessage", "chat_id": update["message"]["chat"]["id"], "text": "yes"}

    async with running() as local, hooked(handle) as hook:
        local.listen_to(hook)
        for text in ("a", "webhook", "bad", "form"):
            await local.act(1002, "say", text=text)
        await hook.until(4)
        await pending(local, 0)
        answers = [m["text"] for m in await local.messages(1002) if m["from"]["is_bot"]]
        assert answers == ["yes", "formed"]
        assert (await local.result("getWebhookInfo"))["url"] == hook.url


async def test_an_error_answers_body_is_not_carried_out() -> None:
    def handle(update: Json) -> web.Response | None:
        if len(hook.got) > 1:
            return None
        method = {"method": "sendMessage", "chat_id": 1002, "text": "no"}
        return web.json_response(method, status=UNAVAILABLE)

    async with running() as local, hooked(handle) as hook:
        local.listen_to(hook)
        await local.act(1002, "say", text="a")
        await pending(local, 0)
        assert len(await local.messages(1002)) == 1


async def test_a_press_expires_after_150_seconds_and_a_message_after_a_day() -> None:
    clock = Clock()
    async with running(clock=clock) as local, hooked() as hook:
        await local.act(1002, "press", message_id=1, data="old")
        await local.act(1002, "say", text="old")
        clock.now += 149
        assert local.telegram.updates.pending() == 2
        clock.now += 2
        assert local.telegram.updates.pending() == 1
        clock.now += 24 * 3600
        await local.act(1002, "say", text="new")
        local.listen_to(hook)
        await hook.until(1)
        await pending(local, 0)
        assert said(hook) == ["new"]


async def test_an_update_that_expires_between_two_tries_lets_its_queue_go_on() -> None:
    clock = Clock()

    def handle(update: Json) -> web.Response | None:
        return web.Response(status=UNAVAILABLE) if "callback_query" in update else None

    async with running(clock=clock) as local, hooked(handle) as hook:
        local.listen_to(hook)
        await local.act(1002, "press", message_id=1, data="a")
        await hook.until(3)
        clock.now += 151
        await pending(local, 0)
        await local.act(1002, "say", text="b")
        await until(lambda: said(hook)[-1] == "b")


async def test_a_slow_webhook_is_given_up_on_and_asked_again() -> None:
    async def handle(update: Json) -> None:
        if len(hook.got) == 1:
            await asyncio.Event().wait()

    async with running(timeout=0.2) as local, hooked(handle) as hook:
        local.listen_to(hook)
        await local.act(1002, "say", text="a")
        one, other = await hook.until(2)
        assert one == other
        await pending(local, 0)
        assert local.telegram.updates.last_error()["last_error_message"] == "Read timeout expired"


async def test_a_webhook_set_anew_is_tried_at_once_however_long_the_pause_was() -> None:
    def handle(update: Json) -> web.Response:
        return web.Response(status=UNAVAILABLE, headers={"Retry-After": "3600"})

    async with running(second=1.0) as local, hooked(handle) as broken, hooked() as hook:
        local.listen_to(broken)
        await local.act(1002, "say", text="a")
        await broken.until(1)
        await until(lambda: bool(local.telegram.updates.last_error()))
        local.listen_to(hook)
        assert said(hook) or text_of((await hook.until(1))[0]) == "a"
        assert len(broken.got) == 1


async def test_with_no_webhook_updates_wait_and_come_in_order_once_there_is_one() -> None:
    async with running() as local, hooked() as hook:
        for text in "abc":
            await local.act(1002, "say", text=text)
        local.listen_to(hook)
        await hook.until(3)
        assert said(hook) == ["a", "b", "c"]


async def test_only_the_kinds_that_were_asked_for_are_kept() -> None:
    async with running() as local:
        url = "http://127.0.0.1:1/"
        await local.result("setWebhook", url=url, allowed_updates=["callback_query"])
        assert (await local.act(1002, "say", text="a"))["update_id"] is None
        assert (await local.act(1002, "press", message_id=1, data="a"))["update_id"]


@given(st.integers(1, 1000))
def test_pauses_double_from_two_seconds_up_to_a_minute_or_two(failures: int) -> None:
    pause = Pace().pause(failures)
    if failures == 1:
        assert pause == 0
    elif 2 ** (failures - 1) <= 60:
        assert pause == 2 ** (failures - 1)
    else:
        assert 60 <= pause <= 120


@pytest.mark.parametrize(
    ("header", "pause"),
    [("2", 2), ("0", 0), ("86400", 3600), (None, 64), ("Wed, 21 Oct", 64), ("-1", 64)],
)
def test_retry_after_is_honoured_up_to_an_hour(header: str | None, pause: float) -> None:
    assert Pace().pause(7, retry_after(header)) >= min(pause, 60)
    if header and header.isdigit():
        assert Pace().pause(7, retry_after(header)) == pause
