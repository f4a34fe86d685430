"""The chaos manifests: Chaos Mesh's own definitions take each, each hits pods that the chart makes,
and the runbook has a line for each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.helm.chart import ROOT, Object, pods, rendered
from tests.k8s.cluster.cluster import Cluster
from tests.k8s.conftest import Namespace
from tests.k8s.test_cluster_validation import refusals

FOLDER = ROOT / "k8s" / "chaos"
FILES = sorted(FOLDER.glob("*.yaml"))
CNPG = "cnpg.io/cluster"


def manifest(file: Path) -> dict[str, Any]:
    """The one object in it."""
    made: dict[str, Any] = yaml.safe_load(file.read_text())
    return made


@pytest.mark.k8s
@pytest.mark.usefixtures("foreign_kinds")
async def test_the_api_server_takes_every_chaos_by_chaos_meshs_definitions(
    cluster: Cluster, namespace: Namespace
) -> None:
    assert await refusals(cluster.api, namespace.name, map(manifest, FILES)) == []


@pytest.mark.k8s
@pytest.mark.usefixtures("foreign_kinds")
async def test_a_chaos_of_an_action_that_there_is_not_is_refused(
    cluster: Cluster, namespace: Namespace
) -> None:
    wrong = manifest(FOLDER / "gateway-killed.yaml")
    wrong["spec"]["action"] = "pod-tickle"
    [words] = await refusals(cluster.api, namespace.name, [wrong])
    assert "pod-tickle" in words


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_chaos_hits_pods_that_the_chart_makes(file: Path) -> None:
    for wanted in selected(manifest(file)["spec"]):
        assert wanted.items() & {("app.kubernetes.io/name", "fotbot"), (CNPG, "fotbot-postgres")}
        if CNPG in wanted:
            names = {made["metadata"]["name"] for made in clusters()}
            assert wanted[CNPG] in names
        else:
            assert any(wanted.items() <= labels.items() for labels in labels_of_pods())


def test_the_runbook_has_a_line_for_each() -> None:
    told = (FOLDER / "README.md").read_text()
    assert [file.name for file in FILES if f"| `{file.name}` |" not in told] == []


def selected(spec: Mapping[str, Any]) -> Iterator[Mapping[str, str]]:
    """The labels by which it finds whom it hits, and from whom it cuts them off."""
    yield spec["selector"]["labelSelectors"]
    if "target" in spec:
        yield spec["target"]["selector"]["labelSelectors"]


def clusters() -> list[Object]:
    return [made for made in rendered("cnpg") if made["kind"] == "Cluster"]


def labels_of_pods() -> list[Mapping[str, str]]:
    return [template["metadata"]["labels"] for _, template in pods(rendered("cnpg"))]
