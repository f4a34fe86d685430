"""Fotbot and what people would run instead, in turns on the same machine and data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from tests.bench import results
from tests.bench.fotbot import running_fotbot
from tests.bench.peers.system import NAMES, PeerUnavailable, running_peer
from tests.bench.runs import Runs, Say, Tried
from tests.bench.systems import Scale, System
from tests.load.driving import DriverProcess

OPERATIONS = ("start", "list", "register")
PAIRS = 5
SECONDS = 5.0
WARM_SECONDS = 4.0


async def compare(
    folder: Path,
    operations: Sequence[str],
    say: Say,
    *,
    peers: Sequence[str] = NAMES,
    pairs: int = PAIRS,
    seconds: float = SECONDS,
) -> dict[str, Any]:
    """The part of the results that this gives."""
    async with AsyncExitStack() as stack:
        driver = await stack.enter_async_context(DriverProcess.start())
        say("starting fotbot and its stores")
        systems: list[System] = [
            await stack.enter_async_context(running_fotbot(folder / "fotbot", Scale()))
        ]
        for name in peers:
            say(f"starting {name} and its stores")
            try:
                peer = running_peer(name, folder / name, Scale())
                systems.append(await stack.enter_async_context(peer))
            except PeerUnavailable as fault:
                say(f"{name} is left out: {fault}")
        tried = [Tried(system, driver) for system in systems]
        runs = Runs()
        for operation in operations:
            await runs.in_turns(
                tried, operation, say, pairs=pairs, seconds=seconds, warm=WARM_SECONDS
            )
        judged = {one.system.name: await one.verdict() for one in tried}
        for name, verdict in judged.items():
            say(f"  the end state of {name}: {verdict.words()}")
        versions = {system.name: dict(await system.versions()) for system in systems}
    say(table(runs, operations, [system.name for system in systems]))
    faults = {name: verdict.words() for name, verdict in judged.items() if not verdict.is_clean}
    return {**_part(runs, operations), "versions": versions, "faults": faults}


def table(runs: Runs, operations: Sequence[str], names: Sequence[str]) -> str:
    """What a person reads in the end."""
    head = f"\n{'':11}{'system':20}{'updates/s':>10}{'CPU us':>9}{'ratio':>18}   at half the rate"
    lines = [head]
    for operation in operations:
        for name in names:
            told = runs.latency[name, operation].latency
            ratios = results.spread(runs.ratios(name, operation))
            ratio = f"{ratios['median']:.1f} ({ratios['low']:.1f}-{ratios['high']:.1f})"
            p50, p99, p999 = (1000 * told.quantile(share) for share in (0.5, 0.99, 0.999))
            lines.append(
                f"{operation:11}{name:20}{runs.rate(name, operation):10.0f}"
                f"{runs.cost(name, operation):9.0f}{ratio:>18}"
                f"   p50 {p50:.1f}  p99 {p99:.1f}  p99.9 {p999:.1f} ms"
            )
        lines.append(f"{'':11}{'of fotbot:':20}{_parts(runs.by_process('fotbot', operation))}")
    return "\n".join(lines)


def _part(runs: Runs, operations: Sequence[str]) -> dict[str, Any]:
    names = sorted({name for name, _ in runs.made})
    peers = [name for name in names if name != "fotbot"]
    return {
        "cpu_ratio": {
            peer: {op: results.spread(runs.ratios(peer, op)) for op in operations} for peer in peers
        },
        "cpu_us": {
            name: {op: round(runs.cost(name, op), 1) for op in operations} for name in names
        },
        "cpu_us_by_process": {
            name: {
                op: {key: round(us, 1) for key, us in runs.by_process(name, op).items()}
                for op in operations
            }
            for name in names
        },
        "updates_per_second": {
            name: {op: round(runs.rate(name, op)) for op in operations} for name in names
        },
        "latency_seconds": {
            name: {op: _quantiles(runs, name, op) for op in operations} for name in names
        },
        "memory_mib": {key: round(mib, 1) for key, mib in runs.memory("fotbot").items()},
        "memory_mib_together": round(sum(runs.memory("fotbot").values()), 1),
        "memory_mib_of_peers": {
            peer: {key: round(mib, 1) for key, mib in runs.memory(peer).items()} for peer in peers
        },
    }


def _quantiles(runs: Runs, name: str, operation: str) -> Mapping[str, float]:
    told = runs.latency[name, operation].latency
    shares = {"p50": 0.5, "p99": 0.99, "p99.9": 0.999}
    return {key: round(told.quantile(share), 5) for key, share in shares.items()}


def _parts(cost: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {us:.0f}" for name, us in cost.items() if us >= 1)
