"""`make bench`: what an update costs here and elsewhere, and what a rush does. `make bench OP=list`
for a part: start, list, register, hot, spread, alone; `cost` is fotbot alone, in a minute."""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.bench import plot, results, rush
from tests.bench.alone import alone
from tests.bench.compare import OPERATIONS, compare
from tests.bench.peers.system import NAMES

PARTS = (*OPERATIONS, "hot", "spread", "alone", "cost")
_began = time.monotonic()


def say(words: str) -> None:
    """With the time since the start."""
    gone = int(time.monotonic() - _began)
    print(f"[{gone // 60:2}:{gone % 60:02}] {words}", flush=True)


@contextmanager
def _folder(name: str) -> Iterator[Path]:
    """On disk, since commits are to be durable."""
    kept = Path(".local")
    kept.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(
        prefix=f"bench-{name}-", dir=kept, ignore_cleanup_errors=True
    ) as folder:
        yield Path(folder).absolute()


async def bench(wanted: Sequence[str], peers: Sequence[str], pairs: int) -> dict[str, Any]:
    """Each part is in the file as soon as it is measured."""
    part: dict[str, Any] = {"machine": results.machine()}
    if operations := [name for name in OPERATIONS if name in wanted]:
        with _folder("compare") as folder:
            part |= await compare(folder, operations, say, peers=peers, pairs=pairs)
        results.merge(part)
    if "hot" in wanted:
        for name, processes in (("hot_session", 1), ("hot_session_3_processes", 3)):
            with _folder(name) as folder:
                part[name] = await rush.hot(folder, say, processes=processes)
            results.merge(part)
    if "spread" in wanted:
        with _folder("spread") as folder:
            part["spread"] = await rush.spread(folder, say)
    if "alone" in wanted:
        with _folder("alone") as folder:
            part["alone"] = await alone(folder, say)
    return part


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="all of them if none")
    parser.add_argument("--peers", nargs="*", default=list(NAMES), choices=[*NAMES, []])
    parser.add_argument("--pairs", type=int, default=5)
    given = parser.parse_args()
    if "cost" in given.parts:
        asyncio.run(_cost())
        return
    wanted = given.parts or [name for name in PARTS if name != "cost"]
    merged = results.merge(asyncio.run(bench(wanted, given.peers, given.pairs)))
    plot.draw(merged)
    say(f"written to {results.RESULTS}; the picture is {plot.PLOT}")


async def _cost() -> None:
    """What an update of each kind costs now, process by process; nothing is written."""
    with _folder("cost") as folder:
        await compare(folder, OPERATIONS, say, peers=(), pairs=2, seconds=4)


if __name__ == "__main__":
    main()
