"""Faults of the cache, of Telegram, and of who watches us."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from redis.asyncio import Redis

from services.local.process import LOOPBACK
from tests.eventually import until
from tests.faults.scenarios import Evidence, Scenario, Scene
from tests.faults.telegram import Mood

GONE_SECONDS, MOODY_SECONDS, SILENCE_SECONDS = 5.0, 5.0, 4
JUNK = b"\xff\x00junk"


async def kill_cache_master(scene: Scene) -> Evidence:
    """One of three; its replica takes over, or it comes back."""
    await scene.town.valkey.stop_node(0)
    await asyncio.sleep(GONE_SECONDS)
    await scene.town.valkey.start_node(0)
    return {"killed": 1}


async def lose_cache(scene: Scene) -> Evidence:
    """All of it, with everything that was in it."""
    valkey = scene.town.valkey
    await valkey.stop()
    await asyncio.sleep(GONE_SECONDS)
    await valkey.start()
    return {"nodes gone": len(valkey.ports)}


async def poison_cache(scene: Scene) -> Evidence:
    """Every plain value is replaced by bytes that mean nothing."""
    poisoned = 0
    for _ in range(3):
        for port in scene.town.valkey.ports:
            poisoned += await _poison(port)
        await asyncio.sleep(1.0)
    return {"values poisoned": poisoned}


async def throttle(scene: Scene) -> Evidence:
    """Telegram asks for silence; nothing may be lost meanwhile."""
    telegram = scene.town.telegram
    before = telegram.refused
    telegram.mood = Mood(code=429, retry_after=SILENCE_SECONDS)
    with suppress(TimeoutError):
        await until(lambda: telegram.refused > before, MOODY_SECONDS)
    telegram.mood = None
    await asyncio.sleep(SILENCE_SECONDS)
    return {"calls refused": telegram.refused - before}


async def break_telegram(scene: Scene) -> Evidence:
    """Half of its answers are 5xx, then half of them never come though it has done as asked."""
    telegram = scene.town.telegram
    before = telegram.refused
    for code in (502, 0):
        telegram.mood = Mood(code=code, share=0.5)
        await asyncio.sleep(MOODY_SECONDS / 2)
    return {"calls failed": telegram.refused - before}


async def nothing(scene: Scene) -> Evidence:
    """The fault is Telegram's repeating everything."""
    await asyncio.sleep(1.0)
    return {"people": len(scene.stage.people)}


async def lose_collector(scene: Scene) -> Evidence:
    """Traces go nowhere: first nobody listens, then somebody who never answers."""
    collector = scene.town.collector
    collector.refuse()
    await asyncio.sleep(GONE_SECONDS / 2)
    collector.heal()
    collector.freeze()
    await asyncio.sleep(GONE_SECONDS / 2)
    return {"gone": 1}


async def _poison(port: int) -> int:
    async with Redis(host=LOOPBACK, port=port, socket_timeout=5) as node:
        if (await node.role())[0] != b"master":
            return 0
        poisoned = 0
        async for key in node.scan_iter(count=1000):
            if await node.type(key) == b"string":
                poisoned += bool(await node.set(key, JUNK, keepttl=True, xx=True))
        return poisoned


CACHE_MASTER_KILLED = Scenario(name="cache_master_killed", fault="F24", act=kill_cache_master)
CACHE_GONE = Scenario(name="cache_gone", fault="F25", act=lose_cache)
CACHE_POISONED = Scenario(name="cache_poisoned", fault="F28", act=poison_cache)
TELEGRAM_THROTTLES = Scenario(name="telegram_throttles", fault="F29", act=throttle)
TELEGRAM_BROKEN = Scenario(name="telegram_broken", fault="F30", act=break_telegram)
FIVE_TIMES = Scenario(name="everything_five_times", fault="F31", act=nothing, repeats=4, rate=15.0)
COLLECTOR_GONE = Scenario(name="collector_gone", fault="F35", act=lose_collector)
