"""Admission: one person's flood is cut at the limit, with the cluster and without it."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from services.gateway.admission import LocalLimiter, Rate, Verdict
from services.gateway.texts import texts_for
from services.gateway.updates import Reply
from services.local.stores.valkey import ValkeyCluster
from tests.gateway.gate import Gate, body, gate, new_id, world
from tests.gateway.small_talk import Look

TOO_MANY = "limit.too_many"


@pytest_asyncio.fixture(scope="module", name="gateway")
async def one_gateway(valkey: ValkeyCluster) -> AsyncIterator[Gate]:
    async with world(valkey.url) as behind, gate(behind) as opened:
        yield opened


@pytest.mark.parametrize("away", [False, True])
async def test_of_sixty_messages_at_once_thirty_are_handled_and_one_notice_is_given(
    gateway: Gate, away: bool
) -> None:
    gateway.cache.away = away
    try:
        person, other = new_id(), new_id()
        replies = await asyncio.gather(*(gateway.say(person, "/ping") for _ in range(60)))
        calm = await gateway.say(other, "/ping")
    finally:
        gateway.cache.away = False
    assert {reply.status for reply in replies} == {200}
    texts = [body(reply).get("text") for reply in replies]
    assert texts.count("pong ") == 30
    assert texts.count(texts_for("en")(TOO_MANY)) == 1
    assert texts.count(None) == 29
    assert body(calm)["text"] == "pong "


async def test_the_limit_holds_though_some_of_the_clusters_answers_get_lost(gateway: Gate) -> None:
    person = new_id()
    gateway.cache.lost = itertools.cycle((False, False, True))
    try:
        replies = await asyncio.gather(*(gateway.say(person, "/ping") for _ in range(60)))
    finally:
        gateway.cache.lost = iter(())
    texts = [body(reply).get("text") for reply in replies]
    assert (texts.count("pong "), texts.count(texts_for("en")(TOO_MANY))) == (30, 1)


async def test_taps_over_the_limit_are_answered_without_words(gateway: Gate) -> None:
    person = new_id()
    for _ in range(30):
        await gateway.say(person, "/ping")
    replies = [body(await gateway.tap(person, Look(session_id=1).pack())) for _ in range(3)]
    assert {reply["method"] for reply in replies} == {"answerCallbackQuery"}
    assert replies[0]["text"] == texts_for("en").toast(TOO_MANY)
    assert all("text" not in reply for reply in replies[1:])


async def test_two_gateways_share_the_limit(gateway: Gate) -> None:
    person = new_id()
    async with gate(gateway.world) as other:
        both = (gateway, other)
        replies = await asyncio.gather(*(both[n % 2].say(person, "/ping") for n in range(60)))
    texts = [body(reply).get("text") for reply in replies]
    assert texts.count("pong ") == 30
    assert sum(text not in (None, "pong ") for text in texts) == 1


async def test_a_flood_does_not_stop_an_update_that_was_held_back(gateway: Gate) -> None:
    person, update_id = new_id(), new_id()
    bot_id = gateway.world.sender.bot_id
    await gateway.updates.memory.note_failure(bot_id, person, update_id, 1.0)
    for _ in range(31):
        await gateway.say(person, "/ping")
    assert body(await gateway.say(person, "/ping", update_id))["text"] == "pong "


async def test_in_a_group_nothing_is_said_about_the_limit(gateway: Gate) -> None:
    person = new_id()
    chat = {"chat": {"id": -100, "type": "group", "title": "G"}}
    replies = [await gateway.say(person, "/ping", **chat) for _ in range(31)]
    assert replies[-1] == Reply(status=200)


def test_the_local_bucket_fills_again_in_steps() -> None:
    now = 0.0
    limiter = LocalLimiter(Rate(most=30, window_ms=60_000), lambda: now)
    verdicts = [limiter.judge(7, None) for _ in range(32)]
    assert verdicts == [Verdict.PASS] * 30 + [Verdict.NOTICE, Verdict.SILENCE]
    now = 9_999.0
    assert limiter.judge(7, None) is Verdict.SILENCE
    now = 10_000.0
    assert [limiter.judge(7, None) for _ in range(6)] == [Verdict.PASS] * 5 + [Verdict.SILENCE]
    now = 70_000.0
    verdicts = [limiter.judge(7, None) for _ in range(31)]
    assert verdicts == [Verdict.PASS] * 30 + [Verdict.NOTICE]


def test_the_process_never_lets_through_more_than_the_limit_when_the_cluster_comes_and_goes() -> (
    None
):
    limiter = LocalLimiter(Rate(most=30, window_ms=60_000), lambda: 0.0)
    told = [Verdict.PASS, None] * 30
    assert [limiter.judge(7, verdict) for verdict in told].count(Verdict.PASS) == 30
