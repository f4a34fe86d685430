"""Dashboards as the chart ships them: what the code says, bound to nobody's installation."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from services.local.observe.__main__ import CHART
from services.local.observe.grafana import DASHBOARDS, written
from services.local.observe.panels import Dashboard, Panel
from services.local.observe.prometheus import HOW_TO_GET_IT
from services.local.observe.shown import Scope, told

each_dashboard = pytest.mark.parametrize("dashboard", DASHBOARDS, ids=lambda one: one.name)
OURS = re.compile(r"\b(?:fotbot[_:]\w+(?::\w+)*|process_\w+|ALERTS)\b")


def model(dashboard: Dashboard) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(written(dashboard))
    return loaded


@each_dashboard
def test_the_chart_has_it_as_the_code_says(dashboard: Dashboard) -> None:
    file = CHART / f"{dashboard.name}.json"
    assert file.read_text() == written(dashboard), "python -m services.local.observe write"


def test_the_chart_has_no_other() -> None:
    assert {file.name for file in Path(CHART).glob("*")} == {
        f"{dashboard.name}.json" for dashboard in DASHBOARDS
    }


@each_dashboard
def test_its_data_source_is_a_variable_everywhere(dashboard: Dashboard) -> None:
    written_model = model(dashboard)
    [source, *others] = written_model["templating"]["list"]
    assert (source["type"], source["name"]) == ("datasource", "datasource")
    panels = [panel for panel in written_model["panels"] if panel["type"] != "row"]
    targets = [target for panel in panels for target in panel["targets"]]
    used = {one["datasource"]["uid"] for one in (*others, *panels, *targets)}
    assert used == {"${datasource}"}


@each_dashboard
def test_panels_do_not_overlap_and_are_numbered_once(dashboard: Dashboard) -> None:
    panels = model(dashboard)["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    taken = [
        (x, y)
        for place in (panel["gridPos"] for panel in panels)
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]
    assert len(set(taken)) == len(taken)
    assert max(x for x, _ in taken) < 24


@pytest.mark.parametrize(
    "panel", [p for d in DASHBOARDS for p in d.panels()], ids=lambda one: one.title
)
def test_a_panel_asks_for_our_own_metrics_of_one_installation(panel: Panel) -> None:
    for query in panel.queries:
        assert OURS.search(query.expr)
        assert 'namespace="$namespace"' in query.expr


def test_variables_are_filled_in_and_figures_have_units() -> None:
    scope = Scope(namespace="league", role="sender", rate_interval="5m")
    expr = 'rate(x{namespace="$namespace",role=~"$role"}[$__rate_interval])'
    assert scope.of(expr) == 'rate(x{namespace="league",role=~"sender"}[5m])'
    figures = [(0.5, "percentunit"), (0.25, "s"), (2.0, "s"), (2**20, "bytes"), (3, "reqps")]
    assert [told(value, unit) for value, unit in figures] == [
        *("50.00 %", "250.0 ms", "2.0 s", "1.0 MiB", "3.00/s")
    ]
    assert told(float("nan"), "s") == "-"


def observe(*words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """The command, as make calls it."""
    command = [sys.executable, "-m", "services.local.observe", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, env=environ)


def test_without_prometheus_it_says_where_to_get_one() -> None:
    done = observe(PATH="/nowhere")
    assert (done.returncode, done.stderr) == (1, f"observe: {HOW_TO_GET_IT}\n")


def test_a_prometheus_that_does_not_answer_is_told_in_a_sentence() -> None:
    done = observe("dashboards", "--prometheus", "http://127.0.0.1:1", PATH=os.environ["PATH"])
    assert done.returncode == 1
    assert done.stderr.startswith("observe: ")
    assert "Traceback" not in done.stderr
