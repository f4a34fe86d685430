"""`python -m tests.bench.start_up`: how soon the whole system is ready, and what it occupies.

Seconds say how busy the machine is, too; the CPU time spent until then hardly does.
It starts `python -m services.local` in a folder of its own, once to set it up and then RUNS times
warm, and reads PSS (shared pages counted by their share) of every process, stores included.
"""

from __future__ import annotations

import argparse
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import IO

from tests.bench.results import RESULTS, machine, merge, spread

READY = "Ctrl-C ends all of it"
ROW = re.compile(r"^(\S+) +(\d+) .*/logs/\S+\.log$")
LONGEST_SECONDS = 120.0
GOALS_MIB = {"gateway": 250.0, "whole system": 1.2 * 1024}
OTHER_GOAL_MIB = 100.0
GOAL_SECONDS, FLOOR_SECONDS = 10.0, 15.0
Pids = Mapping[str, int]


def main() -> None:
    """Measure, tell, and put it into the results."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.start_up", description=__doc__)
    parser.add_argument("--runs", type=int, default=3, help="warm starts (default 3)")
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory(prefix="fotbot-start-up-") as folder:
        with started(folder) as (seconds, _):
            told(f"first start: ready in {seconds:.1f} s")
        took: list[float] = []
        cpu: list[float] = []
        memory: dict[str, float] = {}
        for _ in range(runs):
            with started(folder) as (seconds, pids):
                took.append(seconds)
                cpu.append(cpu_seconds(pids))
                memory = pss_mib(pids)
            told(f"warm start: ready in {seconds:.1f} s, {cpu[-1]:.1f} s of CPU")
    for line in report(took, memory):
        told(line)
    figures = {"warm_seconds": spread(took), "warm_cpu_seconds": spread(cpu)}
    merge({"memory_mib": memory, "start_up": {**figures, "ran_on": machine()}})
    told(f"merged into {RESULTS}")


@contextmanager
def started(folder: str) -> Iterator[tuple[float, Pids]]:
    """The system over `folder`: seconds until it was ready, and its processes by name."""
    environ = {**os.environ, "LOCAL_DATA": folder, "LOCAL_PORTS": "free", "BOT_TOKEN": ""}
    began = time.monotonic()
    words = (sys.executable, "-m", "services.local")
    process = subprocess.Popen(words, env=environ, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        pids = _until_ready(process.stdout)
        yield time.monotonic() - began, {"supervisor": process.pid, **pids}
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=LONGEST_SECONDS)


def _until_ready(output: IO[str]) -> Pids:
    pids: dict[str, int] = {}
    lines: list[str] = []
    for line in output:
        lines.append(line)
        if row := ROW.match(line):
            pids[row[1]] = int(row[2])
        if READY in line:
            return pids
    raise RuntimeError(f"the system did not start:\n{''.join(lines[-20:])}")


def pss_mib(pids: Pids) -> dict[str, float]:
    """Of each process with its descendants (Postgres forks), in MiB."""
    children = _children()
    ours = set(pids.values())

    def whole(pid: int) -> float:
        below = (child for child in children.get(pid, ()) if child not in ours)
        return _pss(pid) + sum(map(whole, below))

    return {name: round(whole(pid), 1) for name, pid in pids.items()}


def cpu_seconds(pids: Pids) -> float:
    """Spent by all of them so far, and by those of their children that have ended."""
    children = _children()
    ours = set(pids.values())

    def whole(pid: int) -> float:
        below = (child for child in children.get(pid, ()) if child not in ours)
        return _cpu(pid) + sum(map(whole, below))

    return sum(map(whole, ours))


def report(took: list[float], memory: Mapping[str, float]) -> Iterator[str]:
    """Line by line, each figure beside what it should be."""
    yield ""
    for name, mib in sorted(memory.items(), key=lambda item: -item[1]):
        yield _line(name, mib, GOALS_MIB.get(name, OTHER_GOAL_MIB), "MiB")
    whole = sum(memory.values())
    yield _line("whole system", whole, GOALS_MIB["whole system"], "MiB")
    yield _line("ready, warm", median(took), GOAL_SECONDS, f"s (at most {FLOOR_SECONDS:.0f})")


def _line(name: str, figure: float, goal: float, unit: str) -> str:
    verdict = "ok" if figure < goal else "OVER"
    return f"{name:<18} {figure:8.1f}  goal {goal:7.1f} {unit}  {verdict}"


def _children() -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                parent = (folder / "stat").read_text().rpartition(")")[2].split()[1]
            except OSError:
                continue  # it has ended
            found.setdefault(int(parent), []).append(int(folder.name))
    return found


def _cpu(pid: int) -> float:
    try:
        told_by_kernel = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, told_by_kernel[11:15])) / os.sysconf("SC_CLK_TCK")


def _pss(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def told(line: str) -> None:
    """To whoever waits."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
