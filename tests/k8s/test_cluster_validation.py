"""Every object of every set of values, shown to a real API server: its schemas, its rules and its
admission say more than any linter."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

import pytest
import yaml

from tests.helm.chart import SETS, Object, helm, pods, template
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
    objects = template(SETS[name], extra=("-n", namespace.name))
    assert await refusals(cluster.api, namespace.name, objects) == []


@pytest.mark.parametrize("name", OPERATOR_SETS)
@pytest.mark.usefixtures("foreign_kinds")
async def test_the_api_server_takes_every_object_of_the_operators_chart(
    name: str, cluster: Cluster, namespace: Namespace
) -> None:
    objects = operators_objects(namespace.name, *OPERATOR_SETS[name])
    assert await refusals(cluster.api, namespace.name, objects) == []


@pytest.mark.parametrize("name", SETS)
async def test_restricted_pod_security_admits_every_pod(
    name: str, cluster: Cluster, namespace: Namespace
) -> None:
    objects = template(SETS[name], extra=("-n", namespace.name))
    assert await pod_refusals(cluster.api, namespace.name, objects) == []


async def test_restricted_pod_security_admits_the_operator(
    cluster: Cluster, namespace: Namespace
) -> None:
    objects = operators_objects(namespace.name)
    assert await pod_refusals(cluster.api, namespace.name, objects) == []


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


def operators_objects(namespace: str, *more: str) -> list[Object]:
    """What Helm makes of the operator's chart."""
    told = helm("template", "fotbot-operator", OPERATOR, "-n", namespace, *more)
    return [one for one in yaml.safe_load_all(told) if one]


async def refusals(api: Api, namespace: str, objects: Iterable[Object]) -> list[str]:
    """What the API server says against each of these, nothing being stored."""

    async def said(made: Object) -> str | None:
        try:
            await api.create(dict(made), namespace, dry_run=True)
        except Refused as refused:
            return f"{made['kind']}/{made['metadata']['name']}: {refused}"
        return None

    return [words for words in await asyncio.gather(*map(said, objects)) if words]


async def pod_refusals(api: Api, namespace: str, objects: list[Object]) -> list[str]:
    """The same for the pods of these, whose accounts and priorities are there."""
    templates = list(pods(objects))
    for name in {spec["spec"].get("serviceAccountName", "default") for _, spec in templates}:
        if name != "default":
            await api.create(_account(name), namespace)
    for name in {spec["spec"].get("priorityClassName") for _, spec in templates} - {None}:
        await api.apply(_priority(str(name)))
    return await refusals(api, namespace, [_pod(name, spec) for name, spec in templates])


def _pod(owner: str, spec: Object) -> Object:
    name = owner.lower().replace("/", "-")
    labels = spec["metadata"].get("labels", {})
    metadata = {"name": name, "labels": labels}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec["spec"]}


def _account(name: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": name}}


def _priority(name: str) -> dict[str, Any]:
    return {
        "apiVersion": "scheduling.k8s.io/v1",
        "kind": "PriorityClass",
        "metadata": {"name": name},
        "value": 1000,
    }
