"""Random schedules: several faults one after the other in one run, drawn by a seed."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence

from tests.faults.catalogue import SHORT
from tests.faults.scenarios import Evidence, Scenario, Scene

FAULTS_IN_A_ROW = (2, 4)
BETWEEN_SECONDS = (0.5, 3.0)
SECONDS_EACH = 8.0


def schedules(seed: int, count: int) -> Sequence[Scenario]:
    """So many; the same for the same seed."""
    draw = random.Random(seed)
    return [_schedule(number, draw) for number in range(count)]


def _schedule(number: int, draw: random.Random) -> Scenario:
    choices = [one for one in SHORT if not one.own_town and not one.repeats]
    chosen = draw.sample(choices, draw.randint(*FAULTS_IN_A_ROW))
    pauses = [draw.uniform(*BETWEEN_SECONDS) for _ in chosen]
    return Scenario(
        name=f"{number + 1}_{'_then_'.join(one.name for one in chosen)}",
        fault="random",
        act=_in_turn(chosen, pauses),
        rate=draw.choice([15.0, 25.0, 35.0]),
        seconds=SECONDS_EACH * len(chosen),
    )


def _in_turn(
    chosen: Sequence[Scenario], pauses: Sequence[float]
) -> Callable[[Scene], Awaitable[Evidence]]:
    async def act(scene: Scene) -> Evidence:
        """What one leaves unhealed meets the next."""
        shown: dict[str, float] = {}
        for scenario, pause in zip(chosen, pauses, strict=True):
            for name, figure in (await scenario.act(scene)).items():
                shown[f"{scenario.name}: {name}"] = figure
            await asyncio.sleep(pause)
        return shown

    return act
