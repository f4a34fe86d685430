"""What an update costs, process by process: measured by `make bench` where its results are there,
else the budget that the design gives itself. Each figure knows which of the two it is."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.local.capacity.demand import MIX

RESULTS = Path("bench/results.json")
BUDGET = "budget of the design, not measured"

CALLED = ("gateway", "sender", "users", "sessions", "teams")
WORKERS = ("sessions-worker", "teams-worker")
STORES = ("postgres", "postgres-standby", "valkey")
AS_MEASURED: Mapping[str, Sequence[str]] = {
    "postgres": ("postgres-primary",),
    "valkey": ("valkey-1", "valkey-2", "valkey-3"),
}
"""What the bench calls them, where that differs."""

CPU_US: Mapping[str, Mapping[str, float]] = {
    "start": {"gateway": 120, "users": 10, "valkey": 25, "postgres": 20, "postgres-standby": 20},
    "list": {"gateway": 120, "users": 10, "sessions": 30, "valkey": 25, "postgres-standby": 20},
    "register": {
        "gateway": 170,
        "sender": 180,
        "users": 10,
        "sessions": 80,
        "sessions-worker": 60,
        "valkey": 25,
        "postgres": 100,
        "postgres-standby": 40,
    },
}
"""Microseconds an update at 64 in flight. A process that is not named has no part in it."""

MEMORY_MIB: Mapping[str, float] = {"gateway": 200, **dict.fromkeys((*CALLED[1:], *WORKERS), 90)}


class NoResults(ValueError):
    """The file of results is not one; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A number and where it is from."""

    value: float
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Of one build on one machine."""

    cpu_us: Mapping[str, Figure]
    """By process, for one update of the usual mix."""
    memory_mib: Mapping[str, Figure]


def figures_from(path: Path) -> Figures:
    """Those in the file; budgets for what it lacks, or when there is none. Raises NoResults."""
    told = _read(path) if path.exists() else {}
    cpu = _of(_of(told.get("cpu_us_by_process")).get("fotbot"))
    memory = _of(told.get("memory_mib"))
    source = f"measured, {path}"
    return Figures(
        cpu_us={name: _cpu(name, cpu, source) for name in (*CALLED, *WORKERS, *STORES)},
        memory_mib={
            name: _figure(memory.get(name), source, MEMORY_MIB[name])
            for name in (*CALLED, *WORKERS)
        },
    )


def _cpu(process: str, told: Mapping[str, Any], source: str) -> Figure:
    """Measured where every operation of the mix was: half of each would be neither."""
    measured = [_us(_of(told.get(operation)), process) for operation in MIX]
    if None not in measured:
        return Figure(value=_mixed([us or 0.0 for us in measured]), source=source)
    budget = [CPU_US[operation].get(process, 0.0) for operation in MIX]
    return Figure(value=_mixed(budget), source=BUDGET)


def _us(told: Mapping[str, Any], process: str) -> float | None:
    """None where it is not told."""
    found = [told.get(name) for name in AS_MEASURED.get(process, (process,))]
    numbers = [us for us in found if isinstance(us, int | float)]
    return sum(numbers) if numbers else None


def _mixed(by_operation: list[float]) -> float:
    return sum(share * us for share, us in zip(MIX.values(), by_operation, strict=True))


def _figure(value: object, source: str, default: float) -> Figure:
    if isinstance(value, int | float) and value > 0:
        return Figure(value=float(value), source=source)
    return Figure(value=default, source=BUDGET)


def _of(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _read(path: Path) -> Mapping[str, Any]:
    try:
        told = json.loads(path.read_text())
    except (OSError, ValueError) as fault:
        raise NoResults(f"{path} cannot be read as results: {fault}") from fault
    if not isinstance(told, dict):
        raise NoResults(f"{path} cannot be read as results: not an object")
    return told
