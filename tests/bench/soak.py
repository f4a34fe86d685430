"""`make soak`: a million updates of every hot kind. Is memory where it was after the first tenth,
is every connection given back? `UPDATES=50000` for a shorter one."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from services.local.process import LOOPBACK
from services.local.stores.postgres import DATABASE
from tests.bench import results
from tests.bench.cpu import pss_mib, sockets
from tests.bench.fotbot import Fotbot, running_fotbot
from tests.bench.runs import Tried, delays
from tests.bench.systems import Scale
from tests.load.driving import DriverProcess

UPDATES = 1_000_000
STEPS = 20
MIX = (("start", 0.2), ("list", 0.4), ("register", 0.2), ("leave", 0.2))
"""Whoever registers leaves again, so that the city stays as full as it is."""

ALLOWED_GROWTH = 1.05
ALLOWED_MORE = 10
"""Connections or tasks: what a pool opens late is no leak."""

COUNTED_EVERY_SECONDS = 1.0
"""As often, at least, as processes count their tasks."""

SCALE = Scale(people=20_000, sessions=1_000)
STORES = ("postgres", "valkey")
TASKS = "fotbot_tasks "


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """The system at one moment, at rest."""

    memory: Mapping[str, float]
    """MiB by process of the product."""
    sockets: Mapping[str, int]
    tasks: int
    """Of all event loops together."""
    backends: int
    """Postgres's, for all clients."""

    @property
    def total(self) -> float:
        """MiB of the product's processes."""
        return sum(self.memory.values())


async def soak(folder: Path, updates: int) -> dict[str, Any]:
    """Prints a line each twentieth; the part of the results."""
    looks: list[Look] = []
    async with DriverProcess.start() as driver, running_fotbot(folder, SCALE) as bot:
        tried = Tried(bot, driver)
        for step in range(1, STEPS + 1):
            said = ""
            for operation, share in MIX:
                count = int(updates * share / STEPS)
                told = await tried.bring(operation, seconds=1e6, count=count)
                said = f"{said} {operation} {told.rate:.0f}/s"
            looks.append(await look(bot))
            gone = step * updates // STEPS
            print(f"  {gone:9} {_line(looks[-1])} {said} {delays(told)}", flush=True)
        lost, refused = tried.lost, tried.refused
    return {**judged(looks), "updates": updates, "lost": lost, "refused": refused}


async def look(bot: Fotbot) -> Look:
    """After everybody has come to rest."""
    await bot.telegram.quiet()
    ours = {name: pid for name, pid in bot.pids().items() if not name.startswith(STORES)}
    connection = await bot.stores.postgres.admin(DATABASE)
    try:
        backends = await connection.fetchval(
            "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"
        )
    finally:
        await connection.close()
    await asyncio.sleep(COUNTED_EVERY_SECONDS)
    return Look(
        memory=pss_mib(ours),
        sockets={name: sockets(pid) for name, pid in ours.items()},
        tasks=sum([await _tasks(role.ports["OPS_PORT"]) for role in bot.layout.roles]),
        backends=backends,
    )


async def _tasks(port: int) -> int:
    url = f"http://{LOOPBACK}:{port}/metrics"
    async with aiohttp.ClientSession() as http, http.get(url) as response:
        told = await response.text()
    found = (line for line in told.splitlines() if line.startswith(TASKS))
    return int(float(next(found).split()[-1]))


def judged(looks: Sequence[Look]) -> dict[str, Any]:
    """The end against the end of the first tenth."""
    begin, end = looks[max(0, len(looks) // 10 - 1)], looks[-1]
    grown = {name: round(end.memory[name] / mib, 3) for name, mib in begin.memory.items()}
    return {
        "memory_growth": round(end.total / begin.total, 3),
        "memory_growth_by_process": grown,
        "sockets": [sum(begin.sockets.values()), sum(end.sockets.values())],
        "backends": [begin.backends, end.backends],
        "tasks": [begin.tasks, end.tasks],
    }


def is_flat(part: Mapping[str, Any]) -> bool:
    """Within what is allowed, nothing lost on the way."""
    counts = (part[name] for name in ("sockets", "backends", "tasks"))
    steady = all(end <= begin * ALLOWED_GROWTH + ALLOWED_MORE for begin, end in counts)
    return part["memory_growth"] <= ALLOWED_GROWTH and steady and not part["lost"]


def _line(seen: Look) -> str:
    open_ones = sum(seen.sockets.values())
    held = f"{open_ones:4} sockets {seen.backends:3} backends {seen.tasks:4} tasks"
    return f"{seen.total:6.0f} MiB {held}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--updates", type=int, default=UPDATES)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="soak-", ignore_cleanup_errors=True) as folder:
        part = asyncio.run(soak(Path(folder), given.updates))
    print(part)
    results.merge({"soak": part, "machine": results.machine()})
    sys.exit(0 if is_flat(part) else "soak: memory or connections have grown")


if __name__ == "__main__":
    main()
