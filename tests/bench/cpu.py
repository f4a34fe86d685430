"""CPU and memory of processes as the kernel counts them, children included."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
PROC = Path("/proc")


def cpu_seconds(pids: Mapping[str, int]) -> dict[str, float]:
    """User and system time by name, of each process with all that it has ever started."""
    children = _children()
    return {name: sum(map(_used, _family(pid, children))) for name, pid in pids.items()}


def pss_mib(pids: Mapping[str, int]) -> dict[str, float]:
    """Proportional share of memory by name; what several processes share is divided."""
    children = _children()
    return {name: sum(map(_pss, _family(pid, children))) for name, pid in pids.items()}


def spent(before: Mapping[str, float], after: Mapping[str, float]) -> dict[str, float]:
    """What was used in between, by name."""
    return {name: after[name] - used for name, used in before.items() if name in after}


def sockets(pid: int) -> int:
    """Open sockets of one process."""
    return sum("socket:" in target for target in _targets(pid))


def _targets(pid: int) -> list[str]:
    found = []
    for descriptor in os.listdir(PROC / str(pid) / "fd"):
        try:
            found.append(os.readlink(PROC / str(pid) / "fd" / descriptor))
        except OSError:
            continue
    return found


def _family(pid: int, children: Mapping[int, list[int]]) -> list[int]:
    return [pid, *(other for child in children.get(pid, []) for other in _family(child, children))]


def _children() -> Mapping[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for entry in os.listdir(PROC):
        if entry.isdigit() and (fields := _stat(int(entry))):
            found[int(fields[1])].append(int(entry))
    return found


def _used(pid: int) -> float:
    """Also of the children that have ended and were waited for."""
    fields = _stat(pid)
    return sum(map(int, fields[11:15])) / TICKS if fields else 0.0


def _stat(pid: int) -> list[str]:
    """The fields after the name; none when the process is gone."""
    try:
        return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _pss(pid: int) -> float:
    try:
        lines = (PROC / str(pid) / "smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
