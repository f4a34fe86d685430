"""Five faults in the midst of a crowd, in every run of the tests; `make faults` plays all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
import pytest_asyncio

from tests.faults.catalogue import IN_EVERY_RUN
from tests.faults.report import Report
from tests.faults.runs import run

RATE, SECONDS = 20.0, 6.0
"""Of stories: enough for some hundred updates while the fault lasts."""

# The first test waits for all of them: one town, one fault after the other.
pytestmark = pytest.mark.timeout(600)


@pytest_asyncio.fixture(scope="module")
async def reports() -> Mapping[str, Report]:
    """What each has shown, by its name."""
    scenarios = [replace(scenario, rate=RATE, seconds=SECONDS) for scenario in IN_EVERY_RUN]
    return {told.name: told for told in await run(scenarios, 0, print)}


@pytest.mark.parametrize("name", [scenario.name for scenario in IN_EVERY_RUN])
async def test_every_promise_holds_through_the_fault(
    name: str, reports: Mapping[str, Report]
) -> None:
    told = reports[name]
    assert told.broken == []
    assert told.actions > 100
