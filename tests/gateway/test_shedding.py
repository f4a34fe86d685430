"""Above capacity those who only look hear "busy" first, and what was held back is never shed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio

from services.gateway.features.sessions.callbacks import JoinSession, RefreshSession
from services.gateway.incoming import read_carefully
from services.gateway.shedding import Shedding
from services.gateway.texts import texts_for
from services.gateway.updates import Reply
from services.local.stores.valkey import ValkeyCluster
from tests.gateway.gate import Gate, World, body, gate, message, new_id, pressed, world
from tests.gateway.small_talk import SMALL_TALK, Join

RU = texts_for("ru")


@pytest_asyncio.fixture(name="behind")
async def services_behind(valkey: ValkeyCluster) -> AsyncIterator[World]:
    async with world(valkey.url) as behind:
        yield behind


@pytest_asyncio.fixture(name="crowded")
async def crowded_gateway(behind: World) -> AsyncIterator[Gate]:
    """A gateway that takes four at a time, and two who look."""
    async with gate(behind, (SMALL_TALK,)) as opened:
        opened.updates = replace(opened.updates, shedding=Shedding(4))
        yield opened


async def crowd(gateway: Gate, size: int) -> list[asyncio.Task[Reply]]:
    """So many joins under way, none of them answered yet."""
    taps = (gateway.tap(new_id(), Join(session_id=1).pack()) for _ in range(size))
    under_way = [asyncio.create_task(tap) for tap in taps]
    await asyncio.sleep(0)
    return under_way


async def test_who_only_looks_is_turned_away_first(crowded: Gate) -> None:
    under_way = await crowd(crowded, 2)
    for reply in (
        await crowded.tap(new_id(), RefreshSession(session_id=1).pack()),
        await crowded.say(new_id(), "/sessions"),
    ):
        assert reply.status == 200
        assert body(reply)["text"] in (RU.toast("busy"), RU("busy"))
    under_way += await crowd(crowded, 1)
    replies = [body(reply)["text"] for reply in await asyncio.gather(*under_way)]
    assert all(text.startswith("in: ") for text in replies), replies


async def test_beyond_the_most_nothing_is_begun(crowded: Gate, behind: World) -> None:
    entries = len(behind.sessions.entries)
    replies = await asyncio.gather(*(await crowd(crowded, 30)))
    texts = [body(reply)["text"] for reply in replies]
    busy = texts.count(RU.toast("busy"))
    assert 0 < busy < 30
    assert len(behind.sessions.entries) - entries == 30 - busy
    assert body(await crowded.tap(new_id(), Join(session_id=1).pack()))["text"].startswith("in: ")


async def test_what_was_held_back_is_not_shed(crowded: Gate, behind: World) -> None:
    person, update_id = new_id(), new_id()
    memory, bot_id = crowded.updates.memory, behind.sender.bot_id
    await memory.note_failure(bot_id, person, update_id, crowded.updates.clock())
    under_way = await crowd(crowded, 12)
    reply = await crowded.tap(person, Join(session_id=1).pack(), update_id)
    assert body(reply)["text"].startswith("in: ")
    await asyncio.gather(*under_way)


@pytest.mark.parametrize(
    ("event", "looks"),
    [
        (message(1, "/sessions"), True),
        (message(1, "/start s_1"), True),
        (message(1, "/cancel"), False),
        (message(1, "Ali"), False),
        (pressed(1, RefreshSession(session_id=1).pack()), True),
        (pressed(1, JoinSession(session_id=1).pack()), False),
        (pressed(1, ""), False),
    ],
)
def test_looking_is_told_from_wanting(event: dict[str, object], looks: bool) -> None:
    shedding = Shedding(0)
    incoming = read_carefully(json.dumps({"update_id": 1, **event}).encode())
    with shedding:
        assert shedding.turns_away(incoming) is looks
