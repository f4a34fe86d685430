"""The release before and this one run side by side on this one's schema, under a crowd: nobody's
update fails, nothing is lost, no place is sold twice."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import pytest_asyncio

from services.chassis.migrations import head
from services.local.stores.binaries import run
from tests.faults.history import Action, Deed, Outcome
from tests.faults.scenarios import Evidence, Scenario, Scene, played
from tests.faults.seed import Stage
from tests.faults.town import Town, running_town
from tests.upgrades.previous import of_the_tree, unpack, why_not

pytestmark = [pytest.mark.upgrades, pytest.mark.timeout(900)]

SERVICES = ("users", "sessions", "teams", "sender")
WORKERS = ("sessions-worker", "teams-worker")
GATEWAYS = ("gateway", "gateway-2")
SECOND = ("gateway-2", *(f"{name}-2" for name in SERVICES))
BOTH = (*SERVICES, *(f"{name}-2" for name in SERVICES))
WAYS = {
    "a_half_of_each": SECOND,
    "old_gateways_before_new_services": GATEWAYS,
    "new_gateways_before_old_services": (*BOTH, *WORKERS),
}
HELD_SECONDS = 5.0


@dataclass(slots=True, kw_only=True)
class Releases:
    """A town whose processes are of the one release or the other."""

    town: Town
    tree: Path
    old: set[str] = field(default_factory=set)

    async def become(self, old: Collection[str]) -> int:
        """These are of the release before and all others of this one; the copies of a role are
        replaced one after the other. Answers how many were replaced."""
        changed = self.old ^ set(old)
        for copies in (changed & set(SECOND), changed - set(SECOND)):
            await asyncio.gather(*(self._replace(name, name in old) for name in copies))
        self.old = set(old)
        return len(changed)

    async def _replace(self, name: str, is_old: bool) -> None:
        process = next(one for one in self.town.processes if one.name == name)
        await self.town.supervisor.stop(name)
        made = of_the_tree(process, self.tree) if is_old else process
        await self.town.supervisor.start(made, timeout=120)


@pytest_asyncio.fixture(scope="module")
async def releases(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Releases]:
    if reason := why_not():
        pytest.skip(reason)
    tree = unpack(tmp_path_factory.mktemp("previous"))
    async with running_town(tmp_path_factory.mktemp("town"), stages=len(WAYS)) as town:
        yield Releases(town=town, tree=tree)


async def test_what_runs_as_the_release_before_is_its_code_and_knows_an_older_schema(
    tmp_path: Path,
) -> None:
    if reason := why_not():
        pytest.skip(reason)
    tree = unpack(tmp_path)
    program = (
        "from services.chassis.migrations import head; print(head('services.sessions.storage'))"
    )
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": f"{tree}", "PYTHONSAFEPATH": "1"}
    told = await run(sys.executable, "-c", program, env=env, timeout=120)
    assert told.strip() < head("services.sessions.storage")


@pytest.mark.parametrize("way", WAYS)
async def test_under_a_crowd_no_update_fails_and_nothing_is_lost(
    way: str, releases: Releases
) -> None:
    async def act(_scene: Scene) -> Evidence:
        replaced = await releases.become(WAYS[way])
        await asyncio.sleep(HELD_SECONDS)
        return {"replaced": replaced}

    scenario = Scenario(name=way, fault="F4", act=act, rate=8.0, seconds=20.0)
    stage = Stage(number=list(WAYS).index(way))
    outcome = await played(releases.town, scenario, stage, len(WAYS), seed=0)
    actions = outcome.history.actions
    failed = [one for one in actions if has_failed(one)]
    waited = sum(one.tries > 1 for one in actions)
    print(f"\n{way}: {len(actions)} updates, {waited} brought again, {len(failed)} failed")
    assert outcome.findings == []
    assert failed == []


def has_failed(action: Action) -> bool:
    """Never answered, or answered by an excuse. A button that only leads on is answered without
    words."""
    leads_on = action.deed is Deed.BROWSE and not action.said
    return not action.answered or (action.outcome is not Outcome.OK and not leads_on)
