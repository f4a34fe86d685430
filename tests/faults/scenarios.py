"""A scenario as a value, and how one is played: a crowd, one fault in its midst, healing, the end
state read when all is quiet, the judge."""

from __future__ import annotations

import asyncio
import random
import shutil
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.eventually import eventually
from tests.faults.crowd import Crowd
from tests.faults.end_state import EndState, Seat, outbox, read_end, read_seats
from tests.faults.history import History, Outcome
from tests.faults.judge import Finding, judge
from tests.faults.leaks import leaks
from tests.faults.players import Players
from tests.faults.report import Report, report
from tests.faults.seed import Stage, organiser_of
from tests.faults.town import SECRET, Town

LEAD_SECONDS = 2.5
DRAINED_SECONDS = 60.0
REPLAYED = 40
RUNS = Path(".local/faults")

Evidence = Mapping[str, float]
"""What shows that the fault has taken place: each figure must be more than nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What a fault has to do with."""

    town: Town
    stage: Stage
    draw: random.Random


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A fault with a name."""

    name: str
    fault: str
    """Its numbers in the catalogue of reliability."""
    act: Callable[[Scene], Awaitable[Evidence]]
    """Makes the fault and, after its time, leaves it to be healed."""
    rate: float = 30.0
    seconds: float = 10.0
    repeats: int = 0
    most_outage: float = 60.0
    """Seconds that one person may wait for a definite answer."""
    own_town: bool = False
    """It leaves a town in which nothing else can be played."""
    must_lose: bool = False


@dataclass(slots=True)
class Played:
    """A run's whole outcome."""

    history: History
    end: EndState
    findings: Sequence[Finding]
    evidence: Evidence = field(default_factory=dict)


class NothingHappened(AssertionError):
    """The fault has not taken place: the run shows nothing."""


async def play(
    town: Town, scenario: Scenario, *, stage: Stage, stages: int, seed: int = 0
) -> Report:
    """The scenario in a running town. A run that is not as promised leaves its history and the logs
    in .local/faults."""
    run = await played(town, scenario, stage, stages, seed)
    empty = [name for name, figure in run.evidence.items() if not figure]
    if empty:
        raise NothingHappened(f"{scenario.name}: no {', '.join(empty)}")
    told = report(
        scenario.name,
        scenario.fault,
        seed,
        run.history,
        run.end,
        run.findings,
        must_lose=scenario.must_lose,
        evidence=run.evidence,
    )
    if not told.is_as_promised:
        _keep(town, run, RUNS / f"{scenario.name}-{seed}")
    return told


def _keep(town: Town, run: Played, folder: Path) -> None:
    """Everything by which somebody may find out what it was."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(town.folder / "logs", folder)
    run.history.save(folder / "history.jsonl")
    told_of = (*map(str, run.findings), *map(str, run.end.entries))
    (folder / "findings.txt").write_text("\n".join(told_of) + "\n")


async def played(town: Town, scenario: Scenario, stage: Stage, stages: int, seed: int) -> Played:
    """The same, with everything that was done and found."""
    players = Players(http=town.http, doors=town.doors, secret=SECRET)
    first_update = players.new_id()
    crowd = Crowd(
        stage=stage,
        organiser=organiser_of(stages),
        rate=scenario.rate,
        seconds=scenario.seconds,
        seed=seed,
        repeats=scenario.repeats,
    )
    playing = asyncio.create_task(crowd.play(players))
    await asyncio.sleep(LEAD_SECONDS)
    scene = Scene(town=town, stage=stage, draw=random.Random(seed))
    evidence = await scenario.act(scene)
    await town.heal()
    await playing
    await _replayed(players)
    end = await _quiet_end(town, stage, first_update)
    # Who waits when an evening begins waits no longer: what stands is read before.
    await players.draw(organiser_of(stages), stage.evening)
    end = replace(end, seats=await _seats(town, stage))
    return Played(players.history, end, judge(players.history, end), evidence)


async def _replayed(players: Players) -> None:
    """Old taps come once more."""
    changes = [one for one in players.history.changes() if one.outcome is Outcome.OK]
    await asyncio.gather(*(players.replay(action) for action in changes[:REPLAYED]))


async def _seats(town: Town, stage: Stage) -> Sequence[Seat]:
    admin = await town.admin()
    try:
        return await read_seats(admin, stage)
    finally:
        await admin.close()


async def _quiet_end(town: Town, stage: Stage, first_update: int) -> EndState:
    """Read once nothing is under way any more, or after a minute."""
    admin = await town.admin()
    try:

        async def drained() -> bool:
            return (await outbox(admin))[0] == 0

        # What is still under way then is the judge's to tell, with the figures.
        with suppress(TimeoutError):
            await eventually(drained, DRAINED_SECONDS, every=0.2)
        return await read_end(
            admin,
            stage,
            first_update=first_update,
            sent=town.telegram.texts(),
            leaks=await _leaks(town),
        )
    finally:
        await admin.close()


async def _leaks(town: Town) -> list[str]:
    secrets = town.secrets()
    found = leaks("metrics", await town.metrics(), secrets)
    found += leaks("traces", town.spans(), secrets)
    for log in town.logs():
        found += leaks(log.name, log.read_text(errors="replace"), secrets)
    return found
