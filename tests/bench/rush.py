"""One hot session, and a crowd spread over a thousand: how much goes through the webhook, and
whether every promise was kept."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

from tests.bench.cpu import cpu_seconds, spent
from tests.bench.fotbot import Fotbot, running_fotbot
from tests.bench.runs import Say, Tried, delays
from tests.bench.systems import Scale
from tests.load.driving import DriverProcess, Job, Told
from tests.load.judge import Place, Verdict, judge

PLAYERS = 10_000
PLACES = 28
ROUNDS = 3
CONNECTIONS = 100
GOAL, FLOOR = 2_500, 1_200
"""Taps a second on one session."""

SPREAD_SESSIONS = 1_000
SPREAD_SECONDS = 6.0
TOLD_IN = re.compile(r"place (\d+)")
TOLD_WAITING = re.compile(r"number (\d+)")
"""In the toasts of who has got something; others were asked to press again."""


async def hot(folder: Path, say: Say, *, processes: int = 1) -> dict[str, Any]:
    """10,000 players at one session's button, again and again with another session."""
    scale = Scale(people=PLAYERS, sessions=ROUNDS + 2, capacity=PLACES)
    say(f"one hot session, {processes} process(es) of sessions")
    async with (
        DriverProcess.start() as driver,
        running_fotbot(folder, scale, sessions_processes=processes) as bot,
    ):
        await rush(driver, bot, 1)
        rounds = [await _round(driver, bot, 2 + n, say) for n in range(ROUNDS)]
        most = median(told.rate for told, _ in rounds)
        rate = GOAL if most >= GOAL else FLOOR
        told = await rush(driver, bot, ROUNDS + 2, rate=rate)
        say(f"  {rate}/s wanted: {told.rate:.0f}/s, {delays(told)}")
        verdicts = [await _verdict(bot, told) for told in (*(t for t, _ in rounds), told)]
    faults = {name: sum(getattr(v, name) for v in verdicts) for name in Verdict.__slots__}
    say(f"  {', '.join(f'{count} {name}' for name, count in faults.items())}")
    return {
        "taps_per_second": round(most),
        "cpu_us": round(median(cpu for _, cpu in rounds)),
        "rate": rate,
        "p99_seconds": round(told.latency.quantile(0.99), 4),
        "turned_away": told.done - len(promised(told)),
        **faults,
    }


async def spread(folder: Path, say: Say) -> dict[str, Any]:
    """Registrations over a thousand sessions."""
    scale = Scale(people=PLAYERS, sessions=SPREAD_SESSIONS, capacity=PLACES)
    say(f"registrations spread over {SPREAD_SESSIONS} sessions")
    async with DriverProcess.start() as driver, running_fotbot(folder, scale) as bot:
        tried = Tried(bot, driver)
        await tried.bring("register", seconds=SPREAD_SECONDS / 2, connections=CONNECTIONS)
        rates = []
        for _ in range(ROUNDS):
            run = await tried.measured("register", seconds=SPREAD_SECONDS, connections=CONNECTIONS)
            rates.append(run.told.rate)
            say(f"  {run.told.rate:.0f}/s {run.total:.0f} us/update {delays(run.told)}")
        verdict = await tried.verdict()
    say(f"  {verdict.words()}")
    return {
        "registrations_per_second": round(median(rates)),
        **{name: getattr(verdict, name) for name in Verdict.__slots__},
    }


async def rush(driver: DriverProcess, bot: Fotbot, session: int, *, rate: float = 0.0) -> Told:
    """Every player taps once; all answers are kept."""
    job = Job(
        door=bot.door,
        operation="register",
        people=PLAYERS,
        sessions=[session],
        connections=CONNECTIONS,
        rate=rate,
        seconds=PLAYERS / rate if rate else 1e6,
        count=PLAYERS,
        keep=True,
    )
    told = await driver.run(job)
    await bot.telegram.quiet()
    return told


async def _round(driver: DriverProcess, bot: Fotbot, session: int, say: Say) -> tuple[Told, float]:
    before = cpu_seconds(bot.pids())
    told = await rush(driver, bot, session)
    used = spent(before, cpu_seconds(bot.pids()))
    cpu = 1e6 * sum(used.values()) / max(1, told.done)
    parts = ", ".join(f"{name} {1e6 * s / told.done:.0f}" for name, s in used.items() if s > 0.05)
    say(f"  {told.rate:.0f} taps/s, {cpu:.0f} us each, {delays(told)} ({parts})")
    return told, cpu


async def _verdict(bot: Fotbot, told: Told) -> Verdict:
    """The database against the rules, and against what everybody was told."""
    sessions = {session for _, session in told.taken}
    places = [place for place in await bot.places() if place.session in sessions]
    promises = promised(told)
    verdict = judge(
        places,
        await bot.capacities(),
        [(place.person, place.session) for place in promises],
        unanswered=told.unanswered,
        answered=await bot.telegram.answered(),
    )
    broken = len(set(promises) - set(places))
    return replace(verdict, disorder=verdict.disorder + broken)


def promised(told: Told) -> list[Place]:
    """What the toasts said, to those who got a place or a number in the queue."""
    found = (_told(person, session, body) for person, session, body in told.bodies)
    return sorted(place for place in found if place)


def _told(person: int, session: int, body: str) -> Place | None:
    toast = json.loads(body or "{}").get("text", "")
    if waits := TOLD_WAITING.search(toast):
        return Place(session, person, True, int(waits[1]))
    place = TOLD_IN.search(toast)
    return Place(session, person, False, int(place[1])) if place else None
