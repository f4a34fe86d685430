"""Every alert says what it means and what to do, fires when it should, and is quiet when not."""

import re

import pytest

from tests.observe.alerts import (
    LABEL,
    PROMTOOL,
    RULES,
    Alert,
    alerts,
    cases,
    proved,
    rule_files,
    run,
)

RUNBOOKS = RULES.parent / "runbooks"
SECTIONS = ["## What it means", "## What to look at", "## What to do"]
SERVICES, OPERATOR = RULES.parents[2] / "services", RULES.parents[2] / "k8s/bot_operator"
ALERTS = alerts()
GREP = re.compile(r"(?:grep|-e) (?:-[iv] )?'([^']+)'")
METRIC = re.compile(r"\bfotbot_\w+")
SUFFIX = re.compile(r"_(?:total|bucket|count|sum)$")

needs_promtool = pytest.mark.skipif(
    PROMTOOL is None, reason="no promtool (Debian: apt-get install prometheus)"
)
each_alert = pytest.mark.parametrize("alert", ALERTS.values(), ids=list(ALERTS))


@needs_promtool
def test_the_rules_are_what_prometheus_takes() -> None:
    assert PROMTOOL
    is_right, words = run(PROMTOOL, "check", "rules", *map(str, rule_files()))
    assert is_right, words


@needs_promtool
def test_each_alert_fires_when_it_should_and_is_quiet_when_not() -> None:
    assert PROMTOOL
    is_right, words = proved(PROMTOOL)
    assert is_right, words


def test_each_alert_has_a_firing_and_a_quiet_case() -> None:
    told = cases()
    assert sorted(told) == sorted(ALERTS)
    assert [name for name, case in told.items() if not (case["fires"] and case["quiet"])] == []
    assert [name for name, case in told.items() if case["fires"] == case["quiet"]] == []


@each_alert
def test_an_alert_says_how_urgent_it_is_and_what_is_wrong(alert: Alert) -> None:
    assert alert.labels["severity"] in ("critical", "warning")
    assert alert.annotations["summary"].endswith(".")
    unknown = set(LABEL.findall(alert.annotations["summary"])) - set(cases()[alert.name]["labels"])
    assert unknown == set()
    assert alert.annotations["runbook_url"] == f"helm/fotbot/runbooks/{alert.name}.md"


@each_alert
def test_an_alerts_runbook_says_what_it_means_what_to_look_at_and_what_to_do(alert: Alert) -> None:
    text = (RUNBOOKS / f"{alert.name}.md").read_text()
    assert text.startswith(f"# {alert.name}\n")
    assert [section for section in SECTIONS if section not in text] == []
    assert re.search(r"```(sh|promql)\n", text), "no command to type"


def test_no_runbook_is_without_its_alert() -> None:
    assert sorted(page.stem for page in RUNBOOKS.glob("*.md") if page.stem != "README") == sorted(
        ALERTS
    )


def test_what_runbooks_search_logs_for_is_what_the_code_says() -> None:
    code = "\n".join(file.read_text() for file in SERVICES.rglob("*.py"))
    sought = {
        (page.stem, words)
        for page in RUNBOOKS.glob("*.md")
        for line in page.read_text().splitlines()
        if "kubectl logs" in line
        for words in GREP.findall(line)
        if not words.startswith('"level"')
    }
    assert sought
    assert [(page, words) for page, words in sought if words not in code] == []


def test_the_metrics_that_runbooks_ask_for_are_told() -> None:
    code = "\n".join(
        file.read_text() for root in (SERVICES, OPERATOR) for file in root.rglob("metrics.py")
    )
    unknown = {
        (page.stem, metric)
        for page in RUNBOOKS.glob("*.md")
        for metric in METRIC.findall(page.read_text())
        if f'"{SUFFIX.sub("", metric)}"' not in code
    }
    assert unknown == set()


def test_the_metrics_that_rules_ask_for_are_told() -> None:
    code = "\n".join(
        file.read_text() for root in (SERVICES, OPERATOR) for file in root.rglob("metrics.py")
    )
    asked = {metric for file in rule_files() for metric in METRIC.findall(file.read_text())}
    assert [one for one in asked if f'"{SUFFIX.sub("", one)}"' not in code] == []
