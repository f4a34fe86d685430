"""Drains: what the disruption budgets let go."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.eventually import eventually
from tests.k8s.cluster.api import Refused
from tests.k8s.cluster.cluster import Cluster
from tests.k8s.cluster.helm import Helm
from tests.k8s.cluster.nodes import ZONES
from tests.k8s.conftest import Namespace
from tests.k8s.releases import FOTBOT, ROLES, install, pods

pytestmark = pytest.mark.k8s

TWO_EACH = ("--set", "defaults.autoscaling.enabled=false")


@asynccontextmanager
async def cordoned(cluster: Cluster) -> AsyncIterator[None]:
    """No node takes a pod in this block: who is evicted is not replaced."""

    async def mark(unschedulable: bool) -> None:
        for zone in ZONES:
            change = {"spec": {"unschedulable": unschedulable}}
            await cluster.api.merge(f"/api/v1/nodes/node-{zone}", change)

    await mark(True)
    try:
        yield
    finally:
        await mark(False)


async def test_a_drain_takes_one_pod_of_each_role_and_is_held_until_it_is_replaced(
    cluster: Cluster, namespace: Namespace, helm: Helm
) -> None:
    there, api = namespace.name, cluster.api
    await install(helm, there, *TWO_EACH)
    async with cordoned(cluster):
        for role in ROLES:
            first, second = [pod["metadata"]["name"] for pod in await pods(api, there, role)]
            await api.evict(there, first)
            with pytest.raises(Refused, match="disruption budget") as refused:
                await api.evict(there, second)
            assert refused.value.code == 429
    for role in ROLES:
        path = namespace.within("apps/v1/deployments", f"fotbot-{role}")
        await api.until(path, lambda found: found["status"].get("readyReplicas") == 2)


@pytest.mark.cluster_long
async def test_a_pod_that_is_not_ready_is_let_go_at_once(
    cluster: Cluster, namespace: Namespace, helm: Helm
) -> None:
    there, api = namespace.name, cluster.api
    broken = ("--set", "image.tag=is-broken", "--set", "migrations.useHelmHooks=false")
    await helm("install", "fotbot", FOTBOT, "-n", there, *broken, *TWO_EACH)

    async def there_are_two() -> bool:
        return len(await pods(api, there, "gateway")) == 2

    await eventually(there_are_two, 30.0, every=0.2)
    for pod in await pods(api, there, "gateway"):
        await api.evict(there, pod["metadata"]["name"])
