"""Faults of our own processes: killed, frozen, restarted one after the other, all gone."""

from __future__ import annotations

import asyncio
import signal

from tests.faults.scenarios import Evidence, Scenario, Scene

FROZEN_SECONDS = 12.0
GONE_SECONDS = 6.0


async def kill_gateways(scene: Scene) -> Evidence:
    """One, and when it is nearly back the other."""
    return await _kill_in_turns(scene, "gateway")


async def kill_sessions(scene: Scene) -> Evidence:
    """The same with the owner of the places."""
    return await _kill_in_turns(scene, "sessions")


async def kill_workers(scene: Scene) -> Evidence:
    """Whoever carries notices, in the middle of it, again and again."""
    town, before = scene.town, _deaths(scene, "sessions-worker")
    for _ in range(3):
        for name in ("sessions-worker", "sender"):
            town.kill(name)
        await asyncio.sleep(2.0)
    return {"deaths": _deaths(scene, "sessions-worker") - before}


async def kill_all_sessions(scene: Scene) -> Evidence:
    """Every copy at once."""
    before = sum(_deaths(scene, name) for name in scene.town.named("sessions"))
    for name in scene.town.named("sessions"):
        scene.town.kill(name)
    await asyncio.sleep(1.0)
    return {"deaths": sum(_deaths(scene, n) for n in scene.town.named("sessions")) - before}


async def freeze_sessions(scene: Scene) -> Evidence:
    """One copy answers nobody and ends no connection."""
    scene.town.kill(scene.town.named("sessions")[-1], signal.SIGSTOP)
    frozen = len(scene.town.frozen)
    await asyncio.sleep(FROZEN_SECONDS)
    return {"frozen": frozen}


async def roll(scene: Scene) -> Evidence:
    """Each process is told to stop, its successor waited for, one after the other."""
    town, ended = scene.town, 0
    for process in town.processes:
        before = town.supervisor.deaths(process.name)
        town.kill(process.name, signal.SIGTERM)
        while town.supervisor.deaths(process.name) == before:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        await town.supervisor.ready(process.name)
        ended += 1
    return {"restarted": ended}


async def lose_teams(scene: Scene) -> Evidence:
    """Registration does without it."""
    processes = [p for p in scene.town.processes if p.name in scene.town.named("teams")]
    for process in processes:
        await scene.town.supervisor.stop(process.name, signal.SIGKILL)
    await asyncio.sleep(GONE_SECONDS)
    await scene.town.supervisor.start(*processes)
    return {"gone": len(processes)}


async def lose_gateways(scene: Scene) -> Evidence:
    """Nobody takes updates for a while; they all come when somebody does."""
    processes = [p for p in scene.town.processes if p.name in scene.town.named("gateway")]
    for process in processes:
        await scene.town.supervisor.stop(process.name, signal.SIGKILL)
    await asyncio.sleep(GONE_SECONDS)
    await scene.town.supervisor.start(*processes)
    return {"gone": len(processes)}


async def _kill_in_turns(scene: Scene, role: str) -> Evidence:
    names = scene.town.named(role)
    before = sum(_deaths(scene, name) for name in names)
    for name in names:
        scene.town.kill(name)
        await asyncio.sleep(0.5)
        await scene.town.supervisor.ready(name)
    return {"deaths": sum(_deaths(scene, name) for name in names) - before}


def _deaths(scene: Scene, name: str) -> int:
    return scene.town.supervisor.deaths(name)


GATEWAY_KILLED = Scenario(name="gateway_killed", fault="F1, F2", act=kill_gateways)
SESSIONS_KILLED = Scenario(name="sessions_killed", fault="F3, F8", act=kill_sessions)
ALL_SESSIONS_KILLED = Scenario(name="all_sessions_killed", fault="F3", act=kill_all_sessions)
ROLLING_RESTART = Scenario(name="rolling_restart", fault="F4", act=roll, rate=15.0, seconds=40.0)
SESSIONS_FROZEN = Scenario(name="sessions_frozen", fault="F6", act=freeze_sessions, seconds=15.0)
TEAMS_GONE = Scenario(name="teams_gone", fault="F9", act=lose_teams)
STORM = Scenario(
    name="redelivery_storm", fault="F33", act=lose_gateways, rate=80.0, most_outage=120.0
)
WORKERS_KILLED = Scenario(name="workers_killed", fault="F40", act=kill_workers)
