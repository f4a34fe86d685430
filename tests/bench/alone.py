"""A tap when nobody else is there: batching must not make it wait. Two systems, with and without,
in turns; one tap in flight."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.bench import results
from tests.bench.fotbot import running_fotbot
from tests.bench.runs import Say, Tried
from tests.bench.systems import Scale
from tests.bench.unbatched import alone as unbatched
from tests.load.driving import DriverProcess

PAIRS = 11
SECONDS = 2.0
SCALE = Scale(people=5_000, sessions=500)


async def alone(folder: Path, say: Say) -> dict[str, Any]:
    """How many times slower a tap's p50 is with batching: 1.0 is not at all."""
    say("a tap alone, with batching and without")
    async with (
        DriverProcess.start() as driver,
        running_fotbot(folder / "batched", SCALE) as one,
        running_fotbot(folder / "unbatched", SCALE, change=unbatched) as other,
    ):
        tried = {"batched": Tried(one, driver), "unbatched": Tried(other, driver)}
        for system in tried.values():
            await system.bring("register", seconds=SECONDS, connections=1)
        ratios, medians = [], []
        for pair in range(PAIRS):
            order = list(tried) if pair % 2 else list(reversed(tried))
            p50 = {name: await _p50(tried[name]) for name in order}
            ratios.append(p50["batched"] / p50["unbatched"])
            medians.append(p50["batched"])
            say(f"  {pair + 1}/{PAIRS} {_told(p50)}")
    return {"p50_ratio": results.spread(ratios, 3), "p50_seconds": results.spread(medians, 5)}


async def _p50(tried: Tried) -> float:
    told = await tried.bring("register", seconds=SECONDS, connections=1)
    return told.latency.quantile(0.5)


def _told(p50: dict[str, float]) -> str:
    return ", ".join(f"{name} p50 {1000 * p50[name]:.2f} ms" for name in sorted(p50))
