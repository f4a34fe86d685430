"""What an alternative costs, alone: python -m tests.bench.peers.measure [NAME...] [--seconds 5].

CPU per update at 64 in flight; `make bench` compares, in turns with Fotbot.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.bench.peers.system import NAMES, PeerUnavailable, running_peer
from tests.bench.runs import Run, Tried, line
from tests.bench.systems import Scale
from tests.load.driving import DriverProcess

OPERATIONS = ("start", "list", "register")


async def measure(name: str, scale: Scale, *, seconds: float, rounds: int) -> None:
    """Prints a line for each run, and the judge's word."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        async with (
            running_peer(name, Path(folder), scale) as peer,
            DriverProcess.start() as driver,
        ):
            print(name, await peer.versions(), flush=True)
            tried = Tried(peer, driver)
            for operation in OPERATIONS:
                await tried.bring(operation, seconds=seconds / 2)
                for _ in range(rounds):
                    told(operation, name, await tried.measured(operation, seconds=seconds))
            print("   ", (await tried.verdict()).words(), flush=True)


def told(operation: str, name: str, run: Run) -> None:
    """A run, process by process."""
    parts = ", ".join(f"{process} {cpu:.0f}" for process, cpu in run.cpu.items())
    print(f"  {operation:9}{line(name, run)}\n    {parts}; calls {dict(run.calls)}", flush=True)


async def _all(names: Sequence[str], scale: Scale, seconds: float, rounds: int) -> None:
    for name in names:
        try:
            await measure(name, scale, seconds=seconds, rounds=rounds)
        except PeerUnavailable as fault:
            print(f"{name} is left out: {fault}", file=sys.stderr)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help=", ".join(NAMES))
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--sessions", type=int, default=5_000)
    given = parser.parse_args()
    scale = Scale(people=given.people, sessions=given.sessions)
    asyncio.run(_all(given.names or NAMES, scale, given.seconds, given.rounds))


if __name__ == "__main__":
    main()
