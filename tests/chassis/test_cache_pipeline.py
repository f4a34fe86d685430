"""A crowd's commands on the real cluster: together, each with its own outcome, whatever moves."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Awaitable
from typing import Any

import pytest
import pytest_asyncio
from prometheus_client import REGISTRY
from redis.asyncio.cluster import ClusterNode
from redis.crc import key_slot

from services.chassis import consistency
from services.chassis.cache import Cache, CacheDown
from services.chassis.setting_groups import CacheSettings
from services.local.ports import free_valkey_ports
from services.local.stores.valkey import ValkeyCluster
from services.local.supervisor import Supervisor
from tests.eventually import eventually, until
from tests.gateway.patient_cache import PatientCache

NUMBERS = itertools.count()
CROWD = 64
ECHO_LUA = "return {KEYS[1], ARGV[1], redis.call('INCR', KEYS[1])}"


@pytest_asyncio.fixture
async def cache(valkey: ValkeyCluster) -> AsyncIterator[Cache]:
    """How busy the machine is changes nothing."""
    async with PatientCache.open(CacheSettings(redis_url=valkey.url), "crowd") as cache:
        yield cache


def keys(cache: Cache, count: int = CROWD) -> list[str]:
    """Of things that nobody has asked for yet, all over the cluster."""
    return [cache.key("thing", 1, f"crowd{next(NUMBERS)}") for _ in range(count)]


async def outcomes(*asked: Awaitable[Any]) -> list[Any]:
    return list(await asyncio.gather(*asked, return_exceptions=True))


async def test_each_of_a_crowd_gets_his_own_answer(cache: Cache) -> None:
    asked = keys(cache)
    answers = await outcomes(*(cache.evaluate(ECHO_LUA, [key], key[::-1]) for key in asked))
    assert answers == [[key.encode(), key[::-1].encode(), 1] for key in asked]


async def test_a_crowd_leaves_in_a_write_per_node(cache: Cache) -> None:
    def told(what: str) -> float:
        return REGISTRY.get_sample_value(f"fotbot_cache_commands_{what}", {"service": "crowd"}) or 0

    await outcomes(*(cache.send("GET", key) for key in keys(cache)))  # now all are connected
    commands, writes = told("sum"), told("count")
    await outcomes(*(cache.send("GET", key) for key in keys(cache)))
    assert told("sum") - commands == CROWD
    assert told("count") - writes <= 3


async def test_scripts_that_the_nodes_forgot_are_sent_in_full(cache: Cache) -> None:
    asked = keys(cache)
    await outcomes(*(cache.evaluate(ECHO_LUA, [key], "a") for key in asked))
    for node in cache.commands.get_primaries():
        await node.execute_command("SCRIPT FLUSH")
    answers = await outcomes(*(cache.evaluate(ECHO_LUA, [key], "b") for key in asked))
    assert answers == [[key.encode(), b"b", 2] for key in asked]


async def test_a_bad_command_does_not_fail_its_neighbours(cache: Cache) -> None:
    asked = keys(cache)
    await cache.send("SET", asked[0], "no number")
    answers = await outcomes(
        cache.send("NONSENSE", asked[1]),
        cache.evaluate("return redis.call('NO')", [asked[2]]),
        cache.evaluate("this is no Lua", [asked[3]]),
        *(cache.evaluate(ECHO_LUA, [key], "a") for key in asked),
    )
    assert [isinstance(answer, CacheDown) for answer in answers] == [True] * 4 + [False] * 63
    with pytest.raises(CacheDown, match=r"WRONGTYPE|not an integer"):
        await cache.evaluate(ECHO_LUA, [asked[0]], "a")
    assert await cache.is_up()


async def test_what_is_no_command_is_its_callers_bug_alone(cache: Cache) -> None:
    bad: Any = object()
    key, other = keys(cache, 2)
    answers = await outcomes(cache.send("SET", key, bad), cache.send("SET", other, "a"))
    assert isinstance(answers[0], TypeError)
    assert answers[1] == b"OK"


async def test_a_caller_who_leaves_leaves_the_others_alone(cache: Cache) -> None:
    asked = keys(cache)
    tasks = [asyncio.create_task(cache.evaluate(ECHO_LUA, [key], "a")) for key in asked]
    await asyncio.sleep(0)  # all have asked, none has an answer
    for task in tasks[::2]:
        task.cancel()
    answers = await outcomes(*tasks)
    assert all(isinstance(answer, asyncio.CancelledError) for answer in answers[::2])
    assert answers[1::2] == [[key.encode(), b"a", 1] for key in asked[1::2]]
    assert await outcomes(*(cache.evaluate(ECHO_LUA, [key], "b") for key in asked[1::2])) == [
        [key.encode(), b"b", 2] for key in asked[1::2]
    ]


async def test_what_is_missing_of_many_is_loaded_in_one_go(cache: Cache) -> None:
    asked = keys(cache)
    loads: list[list[str]] = []

    async def load(missing: Any) -> tuple[int, list[bytes]]:
        loads.append(list(missing))
        return 100, [key.encode() for key in missing]

    await cache.fetch_many(asked[:16], load)
    wanted = [*asked, asked[0], asked[-1]]
    assert await cache.fetch_many(wanted, load) == [key.encode() for key in wanted]
    assert loads == [asked[:16], asked[16:]]
    await cache.invalidate(asked[:4], 200)
    await cache.fetch_many(asked, load)
    assert loads[2:] == [asked[:4]]


async def test_a_copy_too_old_for_one_of_a_crowd_serves_the_others(cache: Cache) -> None:
    asked = keys(cache, 3)
    loads: list[tuple[list[str], int]] = []

    async def load(missing: Any) -> tuple[int, list[bytes]]:
        loads.append((list(missing), consistency.asked()))
        return 100 * len(loads), [b"%d" % len(loads) for _ in missing]

    await cache.fetch_many(asked, load)
    assert await cache.fetch_many(asked, load, since=[0, 150, 100]) == [b"1", b"2", b"1"]
    assert loads == [(asked, 0), (asked[1:2], 150)]


async def test_crowds_that_lack_the_same_share_one_load(cache: Cache) -> None:
    asked = keys(cache, 8)
    loads: list[str] = []

    async def load(missing: Any) -> tuple[int, list[bytes]]:
        loads.extend(missing)
        return 100, [b"a" for _ in missing]

    crowds = [cache.fetch_many(asked[n:] + asked[:n], load) for n in range(8)]
    assert await outcomes(*crowds) == [[b"a"] * 8] * 8
    assert sorted(loads) == sorted(asked)


async def test_a_load_that_fails_is_told_to_all_and_tried_again(cache: Cache) -> None:
    asked = keys(cache, 3)

    async def fail(missing: Any) -> tuple[int, list[bytes]]:
        raise LookupError("the store is away")

    async def load(missing: Any) -> tuple[int, list[bytes]]:
        return 100, [b"a" for _ in missing]

    failed = await outcomes(cache.fetch_many(asked, fail), cache.fetch_many(asked[1:], fail))
    assert [type(one) for one in failed] == [LookupError] * 2
    assert await cache.fetch_many(asked, load) == [b"a"] * 3


async def test_what_does_not_exist_is_known_until_it_is_made(cache: Cache) -> None:
    (key,) = keys(cache, 1)
    there: list[bytes] = []
    loads = itertools.count()

    async def load() -> tuple[int, bytes | None]:
        next(loads)
        return 100 + len(there), there[0] if there else None

    assert [await cache.fetch(key, load) for _ in range(3)] == [None] * 3
    assert next(loads) == 1
    assert await cache.send("PTTL", key) <= 6000
    there.append(b"made")
    await cache.invalidate([key], 101)
    assert await cache.fetch(key, load) == b"made"


async def test_a_slot_that_has_moved_is_found(cache: Cache, valkey: ValkeyCluster) -> None:
    (key,) = keys(cache, 1)
    assert (await cache.evaluate(ECHO_LUA, [key], "a"))[2] == 1
    slot = key_slot(key.encode())
    nodes = cache.commands.get_primaries()
    owner = cache.commands.nodes_manager.get_node_from_slot(slot)
    taker = next(node for node in nodes if node.name != owner.name)
    await move_slot(slot, owner, taker, nodes)
    try:
        crowd = [cache.evaluate(ECHO_LUA, [key], str(n)) for n in range(8)]
        assert sorted(answer[2] for answer in await outcomes(*crowd)) == list(range(1, 9))
        found = cache.commands.nodes_manager.get_node_from_slot(slot)
        assert found.name == taker.name
    finally:
        await move_slot(slot, taker, owner, nodes)


async def move_slot(
    slot: int, owner: ClusterNode, taker: ClusterNode, nodes: list[ClusterNode]
) -> None:
    """With what is in it thrown away."""
    while found := await owner.execute_command("CLUSTER GETKEYSINSLOT", slot, 100):
        await owner.execute_command("DEL", *found)
    (name,) = {await taker.execute_command("CLUSTER MYID")}
    for node in (taker, owner, *nodes):
        await node.execute_command("CLUSTER SETSLOT", slot, "NODE", name)


async def test_a_node_that_dies_costs_its_keys_alone_and_comes_back(
    supervisor: Supervisor, tmp_path_factory: pytest.TempPathFactory
) -> None:
    root = tmp_path_factory.mktemp("dying")
    ports = free_valkey_ports(6)
    async with (
        ValkeyCluster(root, supervisor, ports=ports, replicas=1, name="dying") as cluster,
        Cache.open(CacheSettings(redis_url=cluster.url), "dying") as cache,
    ):
        asked = keys(cache)
        await outcomes(*(cache.send("SET", key, "a") for key in asked))
        died = next(node.port for node in cache.commands.get_primaries())
        await cluster.stop_node(ports.index(int(died)))

        async def all_answer() -> bool:
            answers = await outcomes(*(cache.send("SET", key, "b") for key in asked))
            return answers == [b"OK"] * len(asked)

        await eventually(all_answer, seconds=20)


async def test_a_node_that_hangs_is_given_up_in_time_and_used_again(
    supervisor: Supervisor, tmp_path_factory: pytest.TempPathFactory
) -> None:
    root = tmp_path_factory.mktemp("hanging")
    async with (
        ValkeyCluster(root, supervisor, ports=free_valkey_ports(3), name="hanging") as cluster,
        Cache.open(CacheSettings(redis_url=cluster.url), "hanging") as cache,
    ):
        asked = keys(cache, 24)
        await outcomes(*(cache.send("SET", key, "a") for key in asked))
        owner = cache.commands.get_node_from_key(asked[0])
        assert owner is not None
        await owner.execute_command("CLIENT PAUSE", 600, "ALL")
        began = time.monotonic()
        answers = await outcomes(*(cache.send("GET", key) for key in asked))
        assert time.monotonic() - began < 0.5
        assert isinstance(answers[0], CacheDown)
        assert b"a" in answers

        async def answers_again() -> bool:
            try:
                return bool(await cache.send("GET", asked[0]) == b"a")
            except CacheDown:
                return False

        await eventually(answers_again)


async def test_who_has_a_name_and_a_password_is_let_in(valkey: ValkeyCluster) -> None:
    async with Cache.open(CacheSettings(redis_url=valkey.url), "locked") as cache:
        for node in cache.commands.get_primaries():
            await node.execute_command("ACL SETUSER", "guest", "on", ">secret", "~*", "+@all")
    right = valkey.url.replace("redis://", "redis://guest:secret@")
    wrong = valkey.url.replace("redis://", "redis://guest:wrong@")
    async with PatientCache.open(CacheSettings(redis_url=right), "locked") as cache:
        answers = await outcomes(*(cache.evaluate(ECHO_LUA, [k], "a") for k in keys(cache)))
        assert [answer[2] for answer in answers] == [1] * CROWD
    async with Cache.open(CacheSettings(redis_url=wrong), "locked") as cache:
        assert not await cache.is_up()


async def test_nothing_is_left_when_it_ends_with_commands_under_way(valkey: ValkeyCluster) -> None:
    before = asyncio.all_tasks()
    async with PatientCache.open(CacheSettings(redis_url=valkey.url), "ending") as cache:
        tasks = [asyncio.create_task(cache.send("BLPOP", key, 5)) for key in keys(cache, 6)]
        tasks += [asyncio.create_task(cache.send("GET", key)) for key in keys(cache)]
        await asyncio.sleep(0)
    answers = await outcomes(*tasks)
    assert all(isinstance(answer, CacheDown) for answer in answers[:6])
    await until(lambda: asyncio.all_tasks() <= before)
    with pytest.raises(CacheDown):
        await cache.send("GET", "crowd:thing:v1:{1}")
