"""The running system under load, as a real Prometheus sees it: no panel is empty, and what it shows
leads to the traces and the log lines."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest
import pytest_asyncio

from services.local.observe.grafana import DASHBOARDS
from services.local.observe.panels import Panel
from services.local.observe.prometheus import HOW_TO_GET_IT, NAMESPACE, Prometheus, found
from services.local.observe.shown import Scope, answered, shown
from tests.e2e.city import City
from tests.e2e.collector import Collector
from tests.e2e.test_trace import lines
from tests.eventually import eventually
from tests.observe.alerts import rule_files
from tests.observe.watching import SCRAPE_SECONDS, busy, prometheus

PROGRAM = found()
pytestmark = pytest.mark.skipif(PROGRAM is None, reason=HOW_TO_GET_IT)

SCOPE = Scope(namespace=NAMESPACE, rate_interval="30s")
# Business figures are counted each quarter of a minute.
FILLED_SECONDS = 45.0
PANELS = [panel for dashboard in DASHBOARDS for panel in dashboard.panels()]


@pytest_asyncio.fixture(scope="module")
async def watched(
    city: City, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Prometheus]:
    """A Prometheus that has seen the city busy for as long as it takes to fill the panels."""
    await city.healed()
    program = PROGRAM or Path()
    async with prometheus(city, program, tmp_path_factory.mktemp("prometheus")) as running:
        empty = PANELS

        async def filled() -> bool:
            nonlocal empty
            await asyncio.sleep(SCRAPE_SECONDS)  # before that there is nothing new to see
            empty = await empty_ones(empty, running)
            return not empty

        async with busy(city):
            with suppress(TimeoutError):  # the tests say which
                await eventually(filled, seconds=FILLED_SECONDS)
        yield running


async def empty_ones(panels: list[Panel], running: Prometheus) -> list[Panel]:
    """Those that have a query without a figure."""
    return [panel for panel in panels if not await has_figures(panel, running)]


async def has_figures(panel: Panel, running: Prometheus) -> bool:
    for answer in await answered(panel, running, SCOPE):
        if all(math.isnan(value) for _, value in answer.rows):
            return False
    return True


async def test_no_panel_is_empty_under_load(watched: Prometheus) -> None:
    assert [panel.title for panel in await empty_ones(PANELS, watched)] == []


async def test_the_rules_are_taken_and_evaluated_and_no_promise_is_broken(
    watched: Prometheus,
) -> None:
    groups = (await watched.rules())["groups"]
    assert {Path(group["file"]).name for group in groups} == {file.name for file in rule_files()}
    rules = [rule for group in groups for rule in group["rules"]]
    assert [rule["lastError"] for rule in rules if "lastError" in rule] == []
    firing = await watched.query('ALERTS{alertname="FotbotOverbooked",alertstate="firing"}')
    assert firing == []


async def test_an_exemplar_opens_the_trace_and_finds_its_log_line(
    city: City, spans: Collector, watched: Prometheus
) -> None:
    now = time.time()
    exemplars = await watched.exemplars("fotbot_update_seconds_bucket", now - 600, now)
    trace_ids = {str(one["labels"]["trace_id"]) for one in exemplars}
    assert trace_ids
    logged = {line.get("trace_id") for line in lines(city, "gateway")}
    assert trace_ids & logged

    async def opens() -> bool:
        return any(
            any(span.name == "webhook" for _, span in spans.of_trace(trace_id))
            for trace_id in trace_ids & logged
        )

    await eventually(opens)


@pytest.mark.parametrize(
    "histogram",
    [
        "fotbot_rpc_served_seconds",
        "fotbot_rpc_called_seconds",
        "fotbot_handler_seconds",
        "fotbot_job_seconds",
        "fotbot_sender_notice_age_seconds",
        "fotbot_sender_send_seconds",
    ],
)
async def test_an_exemplar_of_each_histogram_opens_its_trace(
    watched: Prometheus, spans: Collector, histogram: str
) -> None:
    now = time.time()
    exemplars = await watched.exemplars(f"{histogram}_bucket", now - 600, now)
    assert exemplars
    told = {str(one["labels"]["trace_id"]) for one in exemplars}

    async def opens() -> bool:
        return bool(told & {span.trace_id.hex() for _, span in spans.spans})

    await eventually(opens)


async def test_the_dashboards_are_told_as_a_table(watched: Prometheus) -> None:
    told = "\n".join([await shown(one, watched, SCOPE, with_queries=True) for one in DASHBOARDS])
    assert "nothing yet" not in told
    assert [panel.title for panel in PANELS if panel.title not in told] == []
    assert "    | " in told
