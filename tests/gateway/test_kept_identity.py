"""Who asks is kept for a while, and never longer than it is true as far as a gateway knows."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio
from fotbot.users.v1.user_pb2 import User

from services.gateway import kept_identity
from services.gateway.calls import UserId
from services.gateway.kept_identity import fresh, packed
from services.local.stores.valkey import ValkeyCluster
from tests.gateway.gate import Gate, World, body, gate, new_id, world
from tests.gateway.small_talk import Finish


@pytest_asyncio.fixture(scope="module", name="behind")
async def services_behind(valkey: ValkeyCluster) -> AsyncIterator[World]:
    async with world(valkey.url) as behind:
        yield behind


@pytest_asyncio.fixture(scope="module", name="gateway")
async def one_gateway(behind: World) -> AsyncIterator[Gate]:
    async with gate(behind) as opened:
        yield opened


def test_what_was_read_before_a_write_of_the_persons_own_is_not_fresh() -> None:
    user = User(id=7, telegram_id=700, name="Ali").SerializeToString()
    kept = packed(user, 5)
    assert [fresh(kept, position) for position in (0, 5, 6)] == [user, user, None]
    assert fresh(b"", 0) is None
    assert kept_identity.person_of(user, "ru").name == "Ali"


async def test_a_write_of_his_own_in_users_makes_it_asked_anew(
    gateway: Gate, behind: World
) -> None:
    person, bot_id = new_id(), behind.sender.bot_id
    await gateway.say(person, "/ping")
    await gateway.updates.memory.keep(bot_id, person, {"users": 5})
    await gateway.say(person, "/ping")
    assert behind.users.asked[person] == 2
    await gateway.say(person, "/ping")
    assert behind.users.asked[person] == 2


async def test_a_change_by_somebody_else_makes_it_asked_anew(gateway: Gate, behind: World) -> None:
    person, bot_id = new_id(), behind.sender.bot_id
    await gateway.say(person, "/ping")
    await gateway.updates.identity.forget(bot_id, UserId(1_000_000 + person))
    await gateway.say(person, "/ping")
    assert behind.users.asked[person] == 2


async def test_what_was_forgotten_is_not_brought_back_by_an_update_under_way(
    gateway: Gate, behind: World
) -> None:
    person, bot_id = new_id(), behind.sender.bot_id
    memory = gateway.updates.memory
    await memory.keep(bot_id, person, {}, packed(b"before", 1))
    assert (await memory.arrive(bot_id, person, new_id())).identity == packed(b"before", 1)
    await memory.forget_identity(bot_id, person)
    await memory.keep(bot_id, person, {}, packed(b"before", 1))
    assert (await memory.arrive(bot_id, person, new_id())).identity == b""


async def test_while_nothing_is_known_of_the_cluster_nothing_is_kept(
    gateway: Gate, behind: World
) -> None:
    person = new_id()
    gateway.cache.away = True
    try:
        await gateway.say(person, "/ping")
        await gateway.say(person, "/ping")
    finally:
        gateway.cache.away = False
    assert behind.users.asked[person] == 2


async def test_an_end_where_no_conversation_is_leaves_the_record_alone(
    gateway: Gate, behind: World
) -> None:
    person = new_id()
    reply = await gateway.tap(person, Finish().pack())
    assert body(reply)["text"] == "too late"
    assert (await gateway.updates.memory.record(behind.sender.bot_id, person)).version == ""
