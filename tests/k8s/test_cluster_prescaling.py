"""A window in which the operator holds the gateway's floor up, and people release meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from k8s.bot_operator.cluster import FLOOR_MANAGER
from tests.k8s.cluster.api import Api, Object
from tests.k8s.cluster.cluster import Cluster
from tests.k8s.cluster.helm import Helm
from tests.k8s.conftest import Namespace
from tests.k8s.releases import KEDA, WAIT, install, replicas, upgrade

pytestmark = [pytest.mark.k8s, pytest.mark.cluster_long]

PRESCALING = ("--set", "prescaling.enabled=true")
KINDS = {
    "HorizontalPodAutoscaler": ("autoscaling/v2", "horizontalpodautoscalers", "minReplicas", ()),
    "ScaledObject": (
        *("keda.sh/v1alpha1", "scaledobjects", "minReplicaCount"),
        KEDA,
    ),
}


@pytest.mark.usefixtures("foreign_kinds")
@pytest.mark.parametrize("kind", KINDS)
async def test_the_floor_of_a_window_outlives_upgrades_and_rollbacks(
    kind: str, cluster: Cluster, namespace: Namespace, helm: Helm
) -> None:
    version, plural, field, more = KINDS[kind]
    there, api = namespace.name, cluster.api
    path = namespace.within(f"{version}/{plural}", "fotbot-gateway")
    await install(helm, there, *PRESCALING, *more)
    floor = {"apiVersion": version, "kind": kind, "metadata": {"name": "fotbot-gateway"}}
    await api.apply({**floor, "spec": {field: 5}}, there, manager=FLOOR_MANAGER)

    await upgrade(helm, there, *PRESCALING, *more, "--set", "image.tag=second")
    assert await held(api, path, field) == (5, {FLOOR_MANAGER})
    ceiling = ("--set", "gateway.autoscaling.maxReplicas=9")
    await upgrade(helm, there, *PRESCALING, *more, *ceiling)
    assert await held(api, path, field) == (5, {FLOOR_MANAGER})
    await helm("rollback", "fotbot", "1", "-n", there, *WAIT)
    assert await held(api, path, field) == (5, {FLOOR_MANAGER})


async def test_no_gateway_goes_while_a_release_is_made_in_the_window(
    cluster: Cluster, namespace: Namespace, helm: Helm
) -> None:
    there, api = namespace.name, cluster.api
    await install(helm, there, *PRESCALING)
    floor = {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": "fotbot-gateway"},
        "spec": {"minReplicas": 5},
    }
    await api.apply(floor, there, manager=FLOOR_MANAGER)
    path = namespace.within("apps/v1/deployments", "fotbot-gateway")
    await api.until(path, lambda found: found["status"].get("availableReplicas") == 5, 60.0)
    async with lowest_wanted(api, namespace) as seen:
        await upgrade(helm, there, *PRESCALING, "--set", "image.tag=second")
        await helm("rollback", "fotbot", "1", "-n", there, *WAIT)
    assert set(seen) == {5}
    assert (await replicas(api, there))["gateway"] == 5


async def held(api: Api, path: str, field: str) -> tuple[int, set[str]]:
    """The floor, and whose it is."""
    found = await api.get(path)
    managers = {
        entry["manager"]
        for entry in found["metadata"]["managedFields"]
        if f"f:{field}" in entry["fieldsV1"].get("f:spec", {})
    }
    return found["spec"][field], managers


@asynccontextmanager
async def lowest_wanted(api: Api, namespace: Namespace) -> AsyncIterator[list[int]]:
    """Every number of gateways that was wanted while the block ran."""
    seen: list[int] = []

    async def look() -> None:
        async for event in api.watch(namespace.within("apps/v1/deployments")):
            note(event["object"])

    def note(deployment: Object) -> None:
        if deployment["metadata"]["name"] == "fotbot-gateway":
            seen.append(deployment["spec"]["replicas"])

    task = asyncio.create_task(look())
    try:
        yield seen
    finally:
        task.cancel()
