"""A crowd's updates: their calls travel together, and what is beyond a service is told so."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any, cast

import pytest
import pytest_asyncio
from fotbot.sender.v1.sender_service_pb2 import ShowScreensRequest, ShowScreensResponse
from prometheus_client import REGISTRY

from services.gateway.background import Background
from services.gateway.delivery import MOST_SCREENS, Delivery
from services.gateway.rendering import ScreenUpdate
from services.gateway.texts import texts_for
from services.gateway.updates import SENT_BACK
from services.local.stores.valkey import ValkeyCluster
from tests.gateway.gate import Gate, World, body, gate, new_id, world
from tests.gateway.small_talk import Join, Look

EN, RU = texts_for("en"), texts_for("ru")
CROWD = 60


@pytest_asyncio.fixture(name="behind")
async def services_behind(valkey: ValkeyCluster) -> AsyncIterator[World]:
    async with world(valkey.url) as behind:
        yield behind


@pytest_asyncio.fixture(name="gateway")
async def one_gateway(behind: World) -> AsyncIterator[Gate]:
    async with gate(behind) as opened:
        yield opened


def batches(method: str) -> float:
    return REGISTRY.get_sample_value("fotbot_batch_items_count", {"method": method}) or 0.0


async def test_the_calls_of_a_crowd_travel_together(gateway: Gate) -> None:
    methods = ("BatchEnsureUsers", "BatchRegister")
    before = [batches(method) for method in methods]
    tap = Join(session_id=1).pack()
    replies = await asyncio.gather(*(gateway.tap(new_id(), tap) for _ in range(CROWD)))
    assert {body(reply)["text"] for reply in replies} == {f"in: {n + 1}" for n in range(CROWD)}
    for method, carried in zip(methods, before, strict=True):
        assert batches(method) - carried < CROWD / 2


async def test_one_persons_refusal_is_nobody_elses(gateway: Gate) -> None:
    taps = [Join(session_id=1 + n % 2).pack() for n in range(CROWD)]
    replies = await asyncio.gather(*(gateway.tap(new_id(), tap) for tap in taps))
    refused = [body(reply)["text"] for reply in replies[1::2]]
    assert set(refused) == {EN.refusal("SESSION_NOT_FOUND")}
    assert all(body(reply)["text"].startswith("in: ") for reply in replies[::2])


async def test_what_a_service_has_not_begun_is_busy_and_not_held_back(
    gateway: Gate, behind: World
) -> None:
    person = new_id()
    behind.sessions.crowded = True
    for data in (Join(session_id=1), Look(session_id=1)):
        reply = await gateway.tap(person, data.pack())
        assert (reply.status, body(reply)["text"]) == (200, EN.toast("busy"))
    behind.sessions.crowded = False
    assert body(await gateway.tap(person, Join(session_id=1).pack()))["text"] == "in: 1"


async def test_a_held_back_write_is_not_ended_by_a_busy_service(
    gateway: Gate, behind: World
) -> None:
    person, update_id, tap = new_id(), new_id(), Join(session_id=1).pack()
    bot_id = behind.sender.bot_id
    await gateway.updates.memory.note_failure(bot_id, person, update_id, gateway.updates.clock())
    behind.sessions.crowded = True
    assert await gateway.tap(person, tap, update_id) == SENT_BACK
    behind.sessions.crowded = False
    assert body(await gateway.tap(person, tap, update_id))["text"] == "in: 1"


async def test_a_stranger_is_told_that_users_is_busy(gateway: Gate, behind: World) -> None:
    behind.users.crowded = True
    said = await gateway.say(new_id(), "/ping")
    assert (said.status, body(said)["text"]) == (200, RU("busy"))
    tapped = await gateway.tap(new_id(), Join(session_id=1).pack())
    assert (tapped.status, body(tapped)["text"]) == (200, RU.toast("busy"))


@pytest.mark.parametrize("chats", [1, 7])
async def test_screens_go_together_and_each_chats_in_order(chats: int) -> None:
    requests: list[ShowScreensRequest] = []
    go = asyncio.Event()

    async def show(request: ShowScreensRequest) -> ShowScreensResponse:
        requests.append(request)
        await go.wait()
        return ShowScreensResponse(accepted=len(request.calls))

    background = Background()
    sender: Any = SimpleNamespace(ShowScreens=show)
    delivery = Delivery(cast(Any, sender), background)
    screens = [
        ScreenUpdate(
            chat_id=1 + n % chats, message_id=n, method="editMessageText", parameters=b"{}"
        )
        for n in range(250)
    ]
    showing = [asyncio.create_task(delivery.show(screen)) for screen in screens]
    go.set()
    await asyncio.gather(*showing)
    await background.drain(10)
    assert max(len(request.calls) for request in requests) <= MOST_SCREENS
    assert len(requests) < 10
    shown = [(call.chat_id, call.message_id) for request in requests for call in request.calls]
    assert sorted(shown) == sorted((s.chat_id, s.message_id or 0) for s in screens)
    for chat in range(1, chats + 1):
        of_chat = [number for where, number in shown if where == chat]
        assert of_chat == sorted(of_chat)
