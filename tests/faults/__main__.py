"""`make faults`: every scenario once, the table written; `python -m tests.faults NAME...` for some.

`make faults-long SEED=7` plays random schedules of several faults instead; a seed plays the same
again.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time

from tests.faults.catalogue import BY_NAME, SHORT
from tests.faults.report import keep, table
from tests.faults.runs import run
from tests.faults.schedule import schedules

_began = time.monotonic()


def say(words: str) -> None:
    """With the time since the start."""
    gone = int(time.monotonic() - _began)
    print(f"[{gone // 60:2}:{gone % 60:02}] {words}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*BY_NAME, []])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--schedules", type=int, default=0, help="random ones, this many")
    given = parser.parse_args()
    scenarios = [BY_NAME[name] for name in given.names] or SHORT
    if given.schedules:
        scenarios = schedules(given.seed, given.schedules)
    reports = asyncio.run(run(scenarios, given.seed, say))
    if not given.schedules:
        keep(reports)
    print(table(reports))
    broken = [told.name for told in reports if not told.is_as_promised]
    missing = len(scenarios) - len(reports)
    if broken or missing:
        sys.exit(f"seed {given.seed}: {', '.join(broken)} broken, {missing} showed nothing")


if __name__ == "__main__":
    main()
