"""The cache: versions, tombstones, single flight, and a cluster that is not there."""

import asyncio
import itertools
from collections.abc import AsyncIterator

import pytest_asyncio

from services.chassis import consistency
from services.chassis.cache import Cache
from services.chassis.cache_breaker import FAILURES_TO_OPEN, OPEN_SECONDS, Breaker
from services.chassis.setting_groups import CacheSettings
from services.local.stores.valkey import ValkeyCluster
from tests.eventually import eventually
from tests.gateway.patient_cache import PatientCache

IDENTITIES = itertools.count()


@pytest_asyncio.fixture
async def cache(valkey: ValkeyCluster) -> AsyncIterator[Cache]:
    """What is kept does not hang on how busy the machine is."""
    async with PatientCache.open(CacheSettings(redis_url=valkey.url), "test") as cache:
        yield cache


@pytest_asyncio.fixture
async def hasty(valkey: ValkeyCluster) -> AsyncIterator[Cache]:
    async with Cache.open(CacheSettings(redis_url=valkey.url), "test") as cache:
        yield cache


@pytest_asyncio.fixture
async def down() -> AsyncIterator[Cache]:
    async with Cache.open(CacheSettings(redis_url="redis://127.0.0.1:1"), "test") as cache:
        yield cache


class Source:
    """What is behind the cache, at some position; counts how often it is asked."""

    def __init__(self, value: bytes = b"a", position: int = 100) -> None:
        self.value, self.position, self.loads = value, position, 0

    async def load(self) -> tuple[int, bytes]:
        self.loads += 1
        return self.position, self.value


def fresh_key(cache: Cache) -> str:
    return cache.key("thing", 1, f"t{next(IDENTITIES)}")


async def test_a_key_says_service_thing_version_and_id(cache: Cache) -> None:
    assert cache.key("user", 2, 7) == "test:user:v2:{7}"


async def test_a_value_is_loaded_once(cache: Cache) -> None:
    key, source = fresh_key(cache), Source()
    assert [await cache.fetch(key, source.load) for _ in range(3)] == [b"a"] * 3
    assert source.loads == 1


async def test_many_who_ask_at_once_share_one_load(cache: Cache) -> None:
    key, source = fresh_key(cache), Source()
    await asyncio.gather(*(cache.fetch(key, source.load) for _ in range(20)))
    assert source.loads == 1


async def test_an_invalidated_value_is_loaded_anew(cache: Cache) -> None:
    key, source = fresh_key(cache), Source()
    await cache.fetch(key, source.load)
    await cache.invalidate([key], 200)
    source.value, source.position = b"b", 201
    assert await cache.fetch(key, source.load) == b"b"


async def test_a_stale_fill_does_not_overwrite_an_invalidation(cache: Cache) -> None:
    key, source = fresh_key(cache), Source(position=100)
    await cache.invalidate([key], 200)
    assert await cache.fetch(key, source.load) == b"a"
    await cache.fetch(key, source.load)
    assert source.loads == 2


async def test_a_value_older_than_the_caller_has_written_is_a_miss(cache: Cache) -> None:
    key, source = fresh_key(cache), Source(position=100)
    await cache.fetch(key, source.load)
    source.value, source.position = b"b", 301
    with consistency.serving(asked=300):
        assert await cache.fetch(key, source.load) == b"b"


async def test_bad_bytes_are_a_miss(cache: Cache) -> None:
    key, source = fresh_key(cache), Source()
    await cache.commands.set(key, b"junk")
    assert await cache.fetch(key, source.load) == b"a"


async def test_without_a_cluster_every_read_is_a_miss_and_none_fails(down: Cache) -> None:
    source = Source()
    values = [await down.fetch("test:thing:v1:{1}", source.load) for _ in range(8)]
    assert values == [b"a"] * 8
    assert source.loads == 8
    assert not await down.is_up()


async def test_a_cluster_that_lost_a_node_is_used_again_when_it_is_back(
    hasty: Cache, valkey: ValkeyCluster
) -> None:
    await valkey.stop_node(0)
    try:
        source = Source()
        for n in range(12):
            assert await hasty.fetch(hasty.key("thing", 1, f"lost{n}"), source.load) == b"a"
    finally:
        await valkey.start_node(0)
    for n in range(12):
        await eventually(lambda n=n: hits(hasty, hasty.key("thing", 1, f"back{n}")), seconds=20)


async def hits(cache: Cache, key: str) -> bool:
    source = Source()
    await cache.fetch(key, source.load)
    await cache.fetch(key, source.load)
    return source.loads < 2


class Clock:
    """Seconds, as the test sets them."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_the_breaker_opens_after_failures_one_after_the_other_and_closes_again() -> None:
    clock = Clock()
    breaker = Breaker(clock)
    for clock.now in range(FAILURES_TO_OPEN):
        assert not breaker.is_open()
        breaker.failed(breaker.begin())
    assert breaker.is_open()
    clock.now += OPEN_SECONDS
    assert not breaker.is_open()


def test_commands_that_fail_together_count_as_one_failure() -> None:
    clock = Clock()
    breaker = Breaker(clock)
    together = [breaker.begin() for _ in range(20)]
    clock.now = 0.1
    for began in together:
        breaker.failed(began)
    assert not breaker.is_open()
