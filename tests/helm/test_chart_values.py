"""Values, schema and README say the same."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from tests.helm.chart import CHART
from tests.helm.chart_readme import README, readme, rows

VALUES: Mapping[str, Any] = yaml.safe_load((CHART / "values.yaml").read_text())
SCHEMA: Mapping[str, Any] = json.loads((CHART / "values.schema.json").read_text())
WORKLOADS = {"gateway", "sender", "users", "sessions", "teams", "sessionsWorker", "teamsWorker"}
# Whole objects of Kubernetes, which the API server judges.
FREE = {
    *("#/$defs/strings", "requests", "limits", "affinity", "valueFrom", "podSelector"),
    *("namespaceSelector", "tolerations", "topologySpreadConstraints", "extraVolumes"),
    "extraVolumeMounts",
}


def test_the_readme_is_what_the_values_comments_make() -> None:
    assert README.read_text() == readme(), "python -m tests.helm.chart_readme"


def test_the_readme_has_a_row_for_every_value() -> None:
    text = README.read_text()
    told = [row for row in rows() if row.default is not None]
    assert len(told) > 100
    for row in told:
        assert f"| `{'.'.join(row.path)}` | `" in text


def test_the_schema_knows_every_value_and_every_known_one_has_a_default() -> None:
    assert dict(_differences(SCHEMA, VALUES, ())) == {}


def _differences(
    schema: Mapping[str, Any], values: Mapping[str, Any], path: tuple[str, ...], whole: bool = True
) -> Iterator[tuple[str, set[str]]]:
    """Keys that only one side has, by where. What a workload does not set is the defaults'; what is
    shared by many places has parts that are left out in some."""
    known = _resolved(schema).get("properties")
    if known is None:
        return
    whole = whole and ("$ref" not in schema or path == ("defaults",))
    missing = known.keys() - values.keys() if whole else set()
    if odd := missing | (values.keys() - known.keys()):
        yield ".".join(path), odd
    for key in values.keys() & known.keys():
        if isinstance(values[key], dict):
            yield from _differences(known[key], values[key], (*path, key), whole)


def _resolved(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    if "$ref" not in schema:
        return schema
    found: Mapping[str, Any] = SCHEMA["$defs"][schema["$ref"].rsplit("/", 1)[1]]
    return found


def test_every_workload_has_the_same_shape() -> None:
    for key in WORKLOADS | {"defaults"}:
        assert SCHEMA["properties"][key] == {"$ref": "#/$defs/workload"}


def test_an_unknown_key_is_refused_everywhere() -> None:
    open_ones = [path for path, node in _objects(SCHEMA, "") if "additionalProperties" not in node]
    assert not [path for path in open_ones if not FREE & set(path.split("/"))]


def _objects(node: Any, path: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if isinstance(node, list):
        for one in node:
            yield from _objects(one, path)
    if not isinstance(node, dict):
        return
    if node.get("type") == "object":
        yield path, node
    for key, inner in node.items():
        yield from _objects(inner, f"{path}/{key}")
