"""When something behind the gateway does not answer, or a handler raises."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

import pytest
import pytest_asyncio

from services.gateway.clients import Pace
from services.gateway.held_back import HeldBack
from services.gateway.release_guard import ReleaseGuard
from services.gateway.texts import texts_for
from services.gateway.updates import SENT_BACK
from services.local.stores.valkey import ValkeyCluster
from tests.gateway import gate as usual
from tests.gateway.gate import Gate, World, body, new_id, world
from tests.gateway.small_talk import Finish, Join, Look

EN = texts_for("en")
# Nobody needs to wait the whole five seconds to see what comes after them.
gate = partial(usual.gate, pace=Pace(update=2.5, read=2.0))


class Clock:
    """Unix seconds that a test can turn on."""

    def __init__(self) -> None:
        self.now = 1_760_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest_asyncio.fixture(name="behind")
async def services_behind(valkey: ValkeyCluster) -> AsyncIterator[World]:
    async with world(valkey.url) as behind:
        yield behind


@pytest_asyncio.fixture(name="gateway")
async def one_gateway(behind: World) -> AsyncIterator[Gate]:
    async with gate(behind) as opened:
        yield opened


@contextmanager
def without_cluster(gateway: Gate) -> Iterator[None]:
    gateway.cache.away = True
    try:
        yield
    finally:
        gateway.cache.away = False


def with_clock(gateway: Gate, clock: Clock, limit: int = 20) -> Gate:
    """The same gateway by another clock, with room for so many held-back updates."""
    held_back = HeldBack(gateway.cache, limit, clock)
    return replace(gateway, updates=replace(gateway.updates, clock=clock, held_back=held_back))


async def test_a_read_without_answer_says_later(gateway: Gate, behind: World) -> None:
    with behind.sessions.silent():
        reply = await gateway.tap(new_id(), Look(session_id=1).pack())
    assert (reply.status, body(reply)["text"]) == (200, EN.toast("later"))


async def test_a_write_without_answer_is_sent_back_and_done_once_when_it_comes_again(
    gateway: Gate, behind: World
) -> None:
    person, update_id = new_id(), new_id()
    with behind.sessions.silent():
        reply = await gateway.say(person, "/join 1", update_id)
    assert reply == SENT_BACK
    assert int(reply.headers["retry-after"]) <= 2
    again = await gateway.say(person, "/join 1", update_id)
    assert (again.status, body(again)["text"]) == (200, "place 1")
    assert len(behind.sessions.entries) == 1


async def test_after_a_minute_it_is_unconfirmed_on_whichever_gateway(
    gateway: Gate, behind: World
) -> None:
    person, update_id, clock = new_id(), new_id(), Clock()
    first = with_clock(gateway, clock)
    async with gate(behind) as opened:
        second = with_clock(opened, clock)
        with behind.sessions.silent():
            assert await first.say(person, "/join 1", update_id) == SENT_BACK
            clock.now += 60
            reply = await second.say(person, "/join 1", update_id)
    assert (reply.status, body(reply)["text"]) == (200, EN("unconfirmed"))


async def test_beyond_the_most_that_may_be_held_back_work_is_not_begun(
    gateway: Gate, behind: World
) -> None:
    held, clock = new_id(), Clock()
    full = with_clock(gateway, clock, limit=1)
    with behind.sessions.silent():
        assert await full.tap(new_id(), Join(session_id=1).pack(), held) == SENT_BACK
        asked = len(behind.sessions.asked)
        reply = await full.tap(new_id(), Join(session_id=1).pack())
        assert (reply.status, body(reply)["text"]) == (200, EN.toast("busy"))
        assert len(behind.sessions.asked) == asked
        read = await full.say(new_id(), "/ping")
        assert body(read)["text"] == "pong "


async def test_what_was_begun_beyond_it_is_unconfirmed_rather_than_held(
    gateway: Gate, behind: World
) -> None:
    full = with_clock(gateway, Clock(), limit=1)
    with behind.sessions.silent():
        replies = await asyncio.gather(*(full.say(new_id(), "/join 1") for _ in range(3)))
    assert sorted(reply.status for reply in replies) == [200, 200, 503]
    told = [body(reply)["text"] for reply in replies if reply.status == 200]
    assert told == [EN("unconfirmed")] * 2


async def test_another_gateway_counts_what_this_one_holds(gateway: Gate, behind: World) -> None:
    clock, update_id = Clock(), new_id()
    async with gate(behind) as opened:
        first, second = with_clock(gateway, clock, limit=1), with_clock(opened, clock, limit=1)
        with behind.sessions.silent():
            await first.say(new_id(), "/join 1", update_id)
            await second.updates.held_back.recount(behind.sender.bot_id)
            reply = await second.say(new_id(), "/join 1")
    assert body(reply)["text"] == EN("busy")


async def test_without_users_a_stranger_hears_later_in_his_telegrams_language(
    gateway: Gate, behind: World
) -> None:
    behind.users.away = True
    stranger = await gateway.say(new_id(), "/ping")
    assert (stranger.status, body(stranger)["text"]) == (200, texts_for("ru")("later"))


async def test_an_update_that_was_held_back_is_not_ended_by_users_being_away(
    gateway: Gate, behind: World
) -> None:
    person, update_id = new_id(), new_id()
    with behind.sessions.silent():
        assert await gateway.say(person, "/join 1", update_id) == SENT_BACK
    async with gate(behind) as other:
        behind.users.away = True
        assert await other.say(person, "/join 1", update_id) == SENT_BACK
        behind.users.away = False
        assert body(await other.say(person, "/join 1", update_id))["text"] == "place 1"


async def test_without_users_somebody_seen_before_is_still_served(
    gateway: Gate, behind: World
) -> None:
    person = new_id()
    await gateway.say(person, "/ping")
    behind.users.away = True
    assert body(await gateway.say(person, "/ping"))["text"] == "pong "


async def test_a_newcomer_is_not_taken_for_who_he_was_a_step_ago(
    gateway: Gate, behind: World
) -> None:
    person = new_id()
    behind.users.registered = False
    await gateway.say(person, "/ping")
    behind.users.away = True
    assert body(await gateway.say(person, "/ping"))["text"] == EN("later")


async def test_without_the_cluster_only_conversations_are_put_off(
    gateway: Gate, behind: World
) -> None:
    person = new_id()
    with without_cluster(gateway):
        assert body(await gateway.say(person, "/ping"))["text"] == "pong "
        joined = await gateway.tap(person, Join(session_id=1).pack())
        assert body(joined)["text"] == "in: 1"
        assert body(await gateway.say(person, "/talk"))["text"] == EN("later")
        assert body(await gateway.say(person, "a word"))["text"] == EN("later")
        assert body(await gateway.tap(person, Finish().pack()))["text"] == EN("later")
        await gateway.tap(person, Look(session_id=1).pack())
    assert behind.sessions.positions[-1] == 2**63 - 1


async def test_without_the_cluster_a_write_is_still_sent_back_and_done_once(
    gateway: Gate, behind: World
) -> None:
    person, update_id = new_id(), new_id()
    with without_cluster(gateway):
        with behind.sessions.silent():
            assert await gateway.say(person, "/join 1", update_id) == SENT_BACK
        assert body(await gateway.say(person, "/join 1", update_id))["text"] == "place 1"


async def test_one_update_at_two_gateways_at_once_moves_a_conversation_once(
    gateway: Gate, behind: World
) -> None:
    person, update_id = new_id(), new_id()
    await gateway.say(person, "/talk")
    async with gate(behind) as other:
        replies = await asyncio.gather(
            *(place.say(person, "one", update_id) for place in (gateway, other) * 3)
        )
    assert {body(reply)["text"] for reply in replies} == {"second after one?"}
    assert body(await gateway.say(person, "two"))["text"] == "said one two"


@pytest.mark.parametrize("lost", [(True,), (False, True)], ids=["arrival", "move"])
async def test_a_step_is_made_once_though_the_clusters_answer_got_lost(
    gateway: Gate, lost: tuple[bool, ...]
) -> None:
    person = new_id()
    await gateway.say(person, "/talk")
    gateway.cache.lost = iter(lost)
    assert body(await gateway.say(person, "one"))["text"] == "second after one?"
    assert body(await gateway.say(person, "two"))["text"] == "said one two"


async def test_two_messages_at_once_are_two_steps(gateway: Gate, behind: World) -> None:
    person = new_id()
    await gateway.say(person, "/talk")
    async with gate(behind) as other:
        replies = await asyncio.gather(gateway.say(person, "a"), other.say(person, "b"))
    told = sorted(body(reply)["text"] for reply in replies)
    assert told in (
        ["said a b", "second after a?"],
        ["said b a", "second after b?"],
    )


async def test_a_conversation_lost_with_the_cluster_starts_again_politely(gateway: Gate) -> None:
    person = new_id()
    await gateway.say(person, "/talk")
    key = gateway.updates.memory.key("conversation", gateway.world.sender.bot_id, person)
    await gateway.cache.commands.delete(key)
    assert body(await gateway.say(person, "one"))["text"] == "what?"


async def test_a_record_that_cannot_be_read_is_as_good_as_lost(gateway: Gate) -> None:
    person = new_id()
    await gateway.say(person, "/talk")
    key = gateway.updates.memory.key("conversation", gateway.world.sender.bot_id, person)
    await gateway.cache.commands.hset(key, "record", "junk")
    assert body(await gateway.say(person, "one"))["text"] == "what?"
    assert body(await gateway.say(person, "/talk"))["text"] == "first?"


async def test_until_the_bot_is_known_updates_come_again(gateway: Gate) -> None:
    gateway.updates.bot_identity.bot = None
    assert await gateway.say(new_id(), "/ping") == SENT_BACK


async def test_who_the_bot_is_comes_from_the_sender_and_survives_it(
    gateway: Gate, behind: World
) -> None:
    gateway.updates.bot_identity.bot = None
    assert await gateway.updates.bot_identity.ask()
    behind.sender.knows = False
    async with gate(behind) as later:
        later.updates.bot_identity.bot = None
        assert not await later.updates.bot_identity.ask()
        await later.updates.bot_identity.recall()
        assert body(await later.say(new_id(), "/ping"))["text"] == "pong "


async def test_a_release_that_raises_for_twenty_people_turns_itself_away(gateway: Gate) -> None:
    clock = Clock()
    updates = replace(gateway.updates, guard=ReleaseGuard(clock))
    bad = replace(gateway, updates=updates)
    for _ in range(19):
        assert (await bad.say(new_id(), "/broken")).status == 200
    lonely = new_id()
    for _ in range(5):
        await bad.say(lonely, "/ping")
    assert updates.guard.is_good()
    await bad.say(new_id(), "/broken")
    assert not updates.guard.is_good()
    assert await bad.say(lonely, "/ping") == SENT_BACK
    clock.now += 61
    assert body(await bad.say(lonely, "/ping"))["text"] == "pong "


async def test_bad_input_never_speaks_against_the_release(gateway: Gate) -> None:
    for _ in range(25):
        await gateway.tap(new_id(), "junk")
        await gateway.updates.handle(b"{}")
        await gateway.updates.handle(b"{")
    assert gateway.updates.guard.is_good()


async def test_a_lost_screen_is_only_counted(behind: World) -> None:
    nowhere = {"SENDER_ADDR": "ipv4:127.0.0.1:1"}
    async with gate(behind, **nowhere) as gateway:
        reply = await gateway.tap(new_id(), Join(session_id=1).pack())
        assert (reply.status, body(reply)["text"]) == (200, "in: 1")
