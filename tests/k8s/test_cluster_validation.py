"""Every object of every set of values, shown to a real API server: its schemas, its rules and its
admission say more than any linter."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

import pytest
import yaml

from tests.helm.chart import SETS, Object, helm, pods, rendered
from tests.k8s.cluster.api import Api, Refused
from tests.k8s.cluster.cluster import Cluster
from tests.k8s.conftest import Namespace
from tests.k8s.releases import OPERATOR

pytestmark = pytest.mark.k8s

OPERATOR_SETS = {
    "default": (),
    "everything": (
        *("--set", "tls.enabled=true", "--set", "tls.secretName=operator-tls"),
        *("--set", "monitoring.podMonitor.enabled=true"),
        *("--set", "app.scaledObjects={fotbot-gateway}"),
    ),
}


@pytest.mark.parametrize("name", SETS)
@pytest.mark.usefixtures("foreign_kinds")
async def test_the_api_server_takes_every_object_of_the_chart(
    name: str, cluster: Cluster, namespace: Namespace
) -> None:
    objects = list(rendered(name))
    assert await refusals(cluster.api, namespace.name, objects) == []


@pytest.mark.parametrize("name", OPERATOR_SETS)
@pytest.mark.usefixtures("foreign_kinds")
async def test_the_api_server_takes_every_object_of_the_operators_chart(
    name: str, cluster: Cluster, namespace: Namespace
) -> None:
    objects = operators_objects(*OPERATOR_SETS[name])
    assert await refusals(cluster.api, namespace.name, objects) == []


@pytest.mark.parametrize("name", SETS)
async def test_restricted_pod_security_admits_every_pod(
    name: str, cluster: Cluster, namespace: Namespace
) -> None:
    objects = list(rendered(name))
    assert await refusals(cluster.api, namespace.name, only_pods(objects)) == []


async def test_restricted_pod_security_admits_the_operator(
    cluster: Cluster, namespace: Namespace
) -> None:
    objects = operators_objects()
    assert await refusals(cluster.api, namespace.name, only_pods(objects)) == []


async def test_the_namespaces_of_these_tests_refuse_a_pod_that_may_do_more(
    cluster: Cluster, namespace: Namespace
) -> None:
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "root"},
        "spec": {"containers": [{"name": "root", "image": "root"}]},
    }
    with pytest.raises(Refused, match='violates PodSecurity "restricted'):
        await cluster.api.create(pod, namespace.name, dry_run=True)


def operators_objects(*more: str) -> list[Object]:
    """What Helm makes of the operator's chart."""
    told = helm("template", "fotbot-operator", OPERATOR, *more)
    return [one for one in yaml.safe_load_all(told) if one]


async def refusals(api: Api, namespace: str, objects: Iterable[Object]) -> list[str]:
    """What the API server says against each; nothing is stored but what pods lean on."""

    async def said(made: Object) -> str | None:
        try:
            await api.apply(_anywhere(made), namespace, dry_run=True)
        except Refused as refused:
            return f"{made['kind']}/{made['metadata']['name']}: {refused}"
        return None

    wanted = list(objects)
    await give_what_pods_lean_on(api, namespace, wanted)
    return [words for words in await asyncio.gather(*map(said, wanted)) if words]


async def give_what_pods_lean_on(api: Api, namespace: str, objects: list[Object]) -> None:
    """A pod is admitted only where its account and its priority are there."""
    specs = [template["spec"] for _, template in pods(objects)]
    for account in {spec.get("serviceAccountName", "default") for spec in specs}:
        await api.apply(_named("v1", "ServiceAccount", account), namespace)
    for priority in {spec["priorityClassName"] for spec in specs if "priorityClassName" in spec}:
        kind = _named("scheduling.k8s.io/v1", "PriorityClass", priority)
        await api.apply({**kind, "value": 1000})


def _anywhere(made: Object) -> dict[str, Any]:
    """Without the namespace that it was rendered for."""
    metadata = {name: value for name, value in made["metadata"].items() if name != "namespace"}
    return {**made, "metadata": metadata}


def only_pods(objects: list[Object]) -> list[Object]:
    """Every pod that these would make."""
    return [_pod(name, template) for name, template in pods(objects)]


def _pod(owner: str, template: Object) -> Object:
    made = _named("v1", "Pod", owner.lower().replace("/", "-"))
    made["metadata"]["labels"] = template["metadata"].get("labels", {})
    return {**made, "spec": template["spec"]}


def _named(version: str, kind: str, name: str) -> dict[str, Any]:
    return {"apiVersion": version, "kind": kind, "metadata": {"name": name}}
