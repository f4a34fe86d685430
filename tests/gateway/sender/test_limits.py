"""The limits: kept by all senders together in the cluster, by each alone when it is away."""

import asyncio
import itertools
import time
from collections.abc import AsyncIterator

import pytest_asyncio
from pydantic import SecretStr

from services.chassis.cache import Cache
from services.chassis.setting_groups import CacheSettings
from services.gateway.sender.limits import Limit, Limits, LocalLimiter, Scope
from services.local.stores.valkey import ValkeyCluster
from tests.eventually import eventually

BOTS = itertools.count(5001)


@pytest_asyncio.fixture
async def cache(valkey: ValkeyCluster) -> AsyncIterator[Cache]:
    settings = CacheSettings(redis_url=SecretStr(valkey.url))
    async with Cache.open(settings, "sender") as cache:
        await eventually(cache.is_up)
        yield cache


@pytest_asyncio.fixture
async def nothing() -> AsyncIterator[Cache]:
    settings = CacheSettings(redis_url=SecretStr("redis://127.0.0.1:1"))
    async with Cache.open(settings, "sender") as cache:
        yield cache


async def take(limits: Limits, chat_id: int) -> float:
    """Wait as told until the place is there; answers when it was."""
    while True:
        wait = await limits.take(chat_id)
        if wait is None:
            return time.monotonic()
        await asyncio.sleep(wait.seconds)


def widest(moments: list[float], count: int) -> float:
    """The shortest time in which `count` of the moments fell."""
    ordered = sorted(moments)
    return min(last - first for first, last in zip(ordered, ordered[count - 1 :], strict=False))


async def test_two_senders_together_keep_the_bots_rate(cache: Cache) -> None:
    bot = next(BOTS)
    both = [Limits(cache, bot, 20), Limits(cache, bot, 20)]

    async def some(limits: Limits, chats: range) -> list[float]:
        return [await take(limits, chat) for chat in chats]

    moments = await asyncio.gather(some(both[0], range(1, 16)), some(both[1], range(101, 116)))
    assert widest([*moments[0], *moments[1]], 21) >= 0.95


async def test_one_chat_gets_one_message_a_second(cache: Cache) -> None:
    limits = Limits(cache, next(BOTS), 0)
    moments = [await take(limits, 7) for _ in range(3)]
    assert moments[2] - moments[0] >= 1.95


async def test_a_chat_that_has_to_wait_holds_no_other_up(cache: Cache) -> None:
    limits = Limits(cache, next(BOTS), 25)
    assert await limits.take(7) is None
    wait = await limits.take(7)
    assert wait is not None

    async def another_is_served() -> bool:
        return await limits.take(8) is None

    # As soon as the bot's own rate allows, which is long before the first chat's second is over.
    await eventually(another_is_served, seconds=0.9)


async def test_a_lifted_rate_still_spares_the_chats(cache: Cache) -> None:
    limits = Limits(cache, next(BOTS), 0)
    assert [await limits.take(chat) for chat in range(1, 100)] == [None] * 99
    wait = await limits.take(1)
    assert wait is not None
    assert wait.scope is Scope.CHAT


async def test_without_any_limit_only_a_pause_holds_a_message_up(cache: Cache) -> None:
    limits = Limits(cache, next(BOTS), 0, chat_rate=0)
    assert [await limits.take(1) for _ in range(50)] == [None] * 50
    await limits.pause(30)
    assert await limits.take(1) is not None


async def test_a_pause_is_everybodys(cache: Cache) -> None:
    bot = next(BOTS)
    one, other = Limits(cache, bot, 25), Limits(cache, bot, 25)
    await one.pause(30)
    wait = await other.take(1)
    assert wait is not None
    assert wait.scope is Scope.BOT
    assert 29 < wait.seconds <= 30
    assert other.quiet_until > time.monotonic() + 29


async def test_without_the_cluster_a_sender_keeps_its_share_alone(nothing: Cache) -> None:
    limits = Limits(nothing, next(BOTS), 20)
    moments = [await take(limits, chat) for chat in range(1, 12)]
    assert moments[-1] - moments[0] >= 0.45


def test_a_sender_alone_shares_the_rate_with_those_it_knows() -> None:
    limiter = LocalLimiter(clock=lambda: 100.0)
    bot = Limit(name="bot", scope=Scope.BOT, interval=0.04)
    assert limiter.take([bot], senders=4) is None
    wait = limiter.take([bot], senders=4)
    assert wait is not None
    assert abs(wait.seconds - 0.16) < 1e-6


def test_a_group_never_gets_more_than_twenty_messages_in_any_minute() -> None:
    now = 0.0
    limiter = LocalLimiter(clock=lambda: now)
    group = Limit(name="group", scope=Scope.CHAT, interval=4.0, burst=5)
    moments: list[float] = []
    while now < 300:
        if limiter.take([group], senders=1) is None:
            moments.append(now)
        now += 0.25
    assert len(moments) > 70
    assert widest(moments, 21) >= 60


async def test_what_was_sent_without_the_cluster_counts_when_it_is_back(
    cache: Cache, nothing: Cache
) -> None:
    limits = Limits(nothing, next(BOTS), 0)
    assert await limits.take(7) is None
    limits._cache = cache
    wait = await limits.take(7)
    assert wait is not None
    assert wait.seconds > 0.5


async def test_lifted_limits_cost_no_word_to_the_cluster(cache: Cache) -> None:
    limits = Limits(cache, next(BOTS), 0, chat_rate=0)
    limits._cache = None  # type: ignore[assignment]
    assert [await limits.take(chat) for chat in range(1, 100)] == [None] * 99


async def test_without_limits_anothers_pause_is_heard_all_the_same(cache: Cache) -> None:
    bot = next(BOTS)
    lifted, other = Limits(cache, bot, 0, chat_rate=0), Limits(cache, bot, 25)
    await other.pause(30)
    assert 29 < await lifted.quiet_for() <= 30
    assert await lifted.take(1) is not None
