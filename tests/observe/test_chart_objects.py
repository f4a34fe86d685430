"""The chart's PrometheusRules and dashboards are the files, whole and unchanged."""

import json
from pathlib import Path

import yaml

from services.local.observe.grafana import DASHBOARDS
from tests.helm.chart import RELEASE, named, of_kind, with_values
from tests.observe.alerts import rule_files


def test_each_file_of_rules_is_a_prometheus_rule_with_the_runbooks_address(tmp_path: Path) -> None:
    rules = {"enabled": True, "runbookBaseUrl": "https://wiki.example/runbooks/"}
    objects = with_values(tmp_path, {"monitoring": {"rules": rules}})
    assert len(of_kind(objects, "PrometheusRule")) == len(rule_files())
    for file in rule_files():
        spec = named(objects, "PrometheusRule", f"{RELEASE}-{file.stem}")["spec"]
        addressed = file.read_text().replace("helm/fotbot/runbooks/", rules["runbookBaseUrl"])
        assert spec == yaml.safe_load(addressed)


def test_without_an_address_the_runbooks_stay_where_the_chart_has_them(tmp_path: Path) -> None:
    objects = with_values(tmp_path, {"monitoring": {"rules": {"enabled": True}}})
    for file in rule_files():
        spec = named(objects, "PrometheusRule", f"{RELEASE}-{file.stem}")["spec"]
        assert spec == yaml.safe_load(file.read_text())


def test_each_dashboard_is_a_config_map_that_grafanas_sidecar_finds(tmp_path: Path) -> None:
    objects = with_values(tmp_path, {"monitoring": {"dashboards": {"enabled": True}}})
    for dashboard in DASHBOARDS:
        found = named(objects, "ConfigMap", f"{RELEASE}-dashboard-{dashboard.name}")
        assert found["metadata"]["labels"]["grafana_dashboard"] == "1"
        [text] = found["data"].values()
        assert json.loads(text)["title"] == dashboard.title
