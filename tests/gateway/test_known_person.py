"""Who asks is read from what users has cached, and never older than what he has written."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from fotbot.common.v1 import language_pb2
from fotbot.users.v1 import user_pb2
from fotbot.users.v1.users_service_pb2 import EnsureUserResponse

from services.chassis import cache_values
from services.chassis.known_person import person_key
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


def cached(person: int, name: str) -> bytes:
    """As users packs it."""
    user = user_pb2.User(
        id=1_000_000 + person,
        telegram_id=person,
        name=name,
        language=language_pb2.LANGUAGE_EN,
        registered=True,
        language_chosen=True,
    )
    return EnsureUserResponse(user=user).SerializeToString()


async def put(gateway: Gate, person: int, value: bytes) -> None:
    """As if users had kept it."""
    await gateway.cache.send("SET", person_key(person), value)


async def test_whom_users_has_cached_nobody_is_asked_about(gateway: Gate, behind: World) -> None:
    person = new_id()
    await put(gateway, person, cache_values.packed(5, cached(person, "Ali")))
    for _ in range(2):
        assert body(await gateway.say(person, "/ping"))["text"] == "pong "
    assert behind.users.asked[person] == 0


async def test_what_users_has_cached_anew_is_read_anew(gateway: Gate, behind: World) -> None:
    person = new_id()
    for position, name in enumerate(("Ali", "Vali")):
        await put(gateway, person, cache_values.packed(position, cached(person, name)))
        await gateway.say(person, "/ping")
        seen = gateway.updates.identity.seen(person)
        assert seen and seen.name == name


async def test_what_was_cached_before_a_write_of_his_own_is_passed_over(
    gateway: Gate, behind: World
) -> None:
    person, bot_id = new_id(), behind.sender.bot_id
    await put(gateway, person, cache_values.packed(5, cached(person, "Ali")))
    for position, asked in ((5, 0), (6, 1)):
        await gateway.updates.memory.keep(bot_id, person, {"users": position})
        await gateway.say(person, "/ping")
        assert behind.users.asked[person] == asked


@pytest.mark.parametrize(
    "value",
    [
        cache_values.tombstone(1),
        cache_values.packed(1, None),
        cache_values.packed(1, b"\xff"),
        b"?",
    ],
    ids=["tombstone", "nobody", "no message", "junk"],
)
async def test_where_no_person_is_cached_users_is_asked(
    gateway: Gate, behind: World, value: bytes
) -> None:
    person = new_id()
    await put(gateway, person, value)
    assert body(await gateway.say(person, "/ping"))["text"] == "pong "
    assert behind.users.asked[person] == 1


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
