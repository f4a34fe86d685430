"""Scenarios played one after the other: those that leave a town whole share it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.faults.report import Report
from tests.faults.scenarios import NothingHappened, Scenario, play
from tests.faults.seed import Stage
from tests.faults.town import Town, running_town

Say = Callable[[str], None]


async def run(scenarios: Sequence[Scenario], seed: int, say: Say) -> list[Report]:
    """What each has shown; one whose fault did not take place is said and left out."""
    reports: list[Report] = []
    for together in _towns(scenarios):
        say(f"a town for {', '.join(scenario.name for scenario in together)}")
        with _folder() as folder:
            async with running_town(folder, stages=len(together)) as town:
                reports += await _in_one_town(town, together, seed, say)
    return reports


async def _in_one_town(
    town: Town, scenarios: Sequence[Scenario], seed: int, say: Say
) -> list[Report]:
    reports: list[Report] = []
    for number, scenario in enumerate(scenarios):
        stage = Stage(number=number)
        try:
            told = await play(town, scenario, stage=stage, stages=len(scenarios), seed=seed)
        except NothingHappened as nothing:
            say(str(nothing))
            continue
        say(_line(told))
        reports.append(told)
    return reports


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="faults-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


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
