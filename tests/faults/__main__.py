"""`make faults`: every scenario once, the table written; `python -m tests.faults NAME...` for some.

`make faults-long SEED=7` plays random schedules of several faults instead; a seed plays the same
again.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.faults.catalogue import BY_NAME, SHORT
from tests.faults.report import Report, keep, table
from tests.faults.scenarios import NothingHappened, Scenario, play
from tests.faults.schedule import schedules
from tests.faults.seed import Stage
from tests.faults.town import running_town

_began = time.monotonic()


def say(words: str) -> None:
    """With the time since the start."""
    gone = int(time.monotonic() - _began)
    print(f"[{gone // 60:2}:{gone % 60:02}] {words}", flush=True)


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="faults-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


async def run(scenarios: Sequence[Scenario], seed: int) -> list[Report]:
    """Those that leave the town whole share one, the first that ends a town ends that one."""
    reports: list[Report] = []
    for together in _towns(scenarios):
        say(f"a town for {', '.join(scenario.name for scenario in together)}")
        with _folder() as folder:
            async with running_town(folder, stages=len(together)) as town:
                for number, scenario in enumerate(together):
                    stage = Stage(number=number)
                    try:
                        told = await play(
                            town, scenario, stage=stage, stages=len(together), seed=seed
                        )
                    except NothingHappened as nothing:
                        say(f"{nothing}")
                        continue
                    say(_line(told))
                    reports.append(told)
    return reports


def _towns(scenarios: Sequence[Scenario]) -> list[list[Scenario]]:
    towns: list[list[Scenario]] = [[]]
    for scenario in scenarios:
        towns[-1].append(scenario)
        if scenario.own_town:
            towns.append([])
    return [together for together in towns if together]


def _line(told: Report) -> str:
    figures = f"{told.actions} actions, {told.unknown} unknown, {told.outage} s"
    state = "as promised" if told.is_as_promised else f"BROKEN: {'; '.join(told.broken)}"
    if told.must_lose:
        state += f" ({told.lost} lost)"
    evidence = ", ".join(f"{name} {figure:g}" for name, figure in told.evidence.items())
    return f"{told.name}: {figures}, {told.notices_twice} notices twice; {evidence}; {state}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*BY_NAME, []])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--schedules", type=int, default=0, help="random ones, this many")
    given = parser.parse_args()
    scenarios = [BY_NAME[name] for name in given.names] or SHORT
    if given.schedules:
        scenarios = schedules(given.seed, given.schedules)
    reports = asyncio.run(run(scenarios, given.seed))
    if not given.schedules:
        keep(reports)
    print(table(reports))
    broken = [told.name for told in reports if not told.is_as_promised]
    missing = len(scenarios) - len(reports)
    if broken or missing:
        sys.exit(f"seed {given.seed}: {', '.join(broken)} broken, {missing} showed nothing")


if __name__ == "__main__":
    main()
