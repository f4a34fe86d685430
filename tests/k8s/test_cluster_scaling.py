"""The real autoscaler's controller, on figures that the tests make up: how many pods there are at
which load, and how fast that changes."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Mapping
from itertools import pairwise
from typing import Any

import pytest

from tests.eventually import eventually
from tests.k8s.cluster.cluster import Cluster
from tests.k8s.cluster.helm import Helm
from tests.k8s.conftest import Namespace
from tests.k8s.keda import autoscaler, metric_name
from tests.k8s.releases import KEDA, ROLES, deployments, install, replicas, upgrade

pytestmark = [pytest.mark.k8s, pytest.mark.cluster_long]

MOST = {role: 6 if role in ("gateway", "sessions") else 4 for role in ROLES}
LEAST = dict.fromkeys(ROLES, 2)
BUSY, IDLE = "2", "1m"
"""CPU of one pod: more than any request, and next to nothing."""

STEP, STILL = 6, 8
QUICK = {
    "stabilizationWindowSeconds": STILL,
    "selectPolicy": "Max",
    "policies": [{"type": "Percent", "value": 10, "periodSeconds": STEP}],
}
"""The chart's way down with its minute made six seconds and its five minutes eight."""


LULL, MINUTE = 300.0, 60.0
"""The chart's own: how long a lull must last, and between two that go, in seconds."""


def quickly_down() -> tuple[str, ...]:
    return ("--set-json", f"defaults.autoscaling.behavior.scaleDown={json.dumps(QUICK)}")


async def test_every_deployment_grows_under_load_and_shrinks_after_it(
    cluster: Cluster, namespace: Namespace, helm: Helm
) -> None:
    there = namespace.name
    await install(helm, there, *quickly_down())
    await become(cluster, there, LEAST)
    use(cluster, there, BUSY)
    await become(cluster, there, MOST)
    use(cluster, there, IDLE)
    await become(cluster, there, LEAST)


async def test_a_rush_is_met_at_once_and_a_lull_is_not_believed_for_five_minutes(
    cluster: Cluster, namespace: Namespace, helm: Helm
) -> None:
    there = namespace.name
    await install(helm, there)
    use(cluster, there, IDLE)
    await become(cluster, there, LEAST)
    path = namespace.within("apps/v1/deployments", "fotbot-gateway")
    use(cluster, there, BUSY)
    steps = [count async for count, _ in counts(cluster, path, until=6)]
    assert steps in ([6], [5, 6])  # Four more than there were fifteen seconds before.
    await become(cluster, there, MOST)
    use(cluster, there, IDLE)
    for one in await cluster.api.items(autoscalers(there)):
        path = f"{autoscalers(there)}/{one['metadata']['name']}"
        found = await cluster.api.until(path, _waits_for_the_lull, 60.0)
        assert found["spec"]["behavior"]["scaleDown"]["stabilizationWindowSeconds"] == 300
    assert await replicas(cluster.api, there) == MOST


@pytest.mark.timeout(900)
async def test_at_the_values_own_pace_nobody_goes_for_five_minutes_and_then_one_a_minute(
    cluster: Cluster, namespace: Namespace, helm: Helm
) -> None:
    there = namespace.name
    await install(helm, there)
    use(cluster, there, BUSY)
    await become(cluster, there, MOST)
    began = time.monotonic()
    use(cluster, there, IDLE)
    path = namespace.within("apps/v1/deployments", "fotbot-gateway")
    seen = [(count, at - began) async for count, at in counts(cluster, path, until=4)]
    assert [count for count, _ in seen] == [5, 4]
    assert seen[0][1] >= LULL
    assert seen[1][1] - seen[0][1] >= MINUTE - 2.0  # Times are the watch's, not the decision's.


async def test_pods_go_one_at_a_time_and_not_before_the_window_is_over(
    cluster: Cluster, namespace: Namespace, helm: Helm
) -> None:
    there = namespace.name
    await install(helm, there, *quickly_down())
    use(cluster, there, BUSY)
    await become(cluster, there, MOST)
    began = time.monotonic()
    use(cluster, there, IDLE)
    path = namespace.within("apps/v1/deployments", "fotbot-gateway")
    seen = [(count, at - began) async for count, at in counts(cluster, path, until=2)]
    assert [count for count, _ in seen] == [5, 4, 3, 2]
    assert seen[0][1] >= STILL
    pauses = [later[1] - earlier[1] for earlier, later in pairwise(seen)]
    assert min(pauses) >= STEP - 2.0  # Times are the watch's, not the decision's.


@pytest.mark.usefixtures("foreign_kinds")
async def test_every_deployment_grows_with_its_own_load_through_keda(
    cluster: Cluster, namespace: Namespace, helm: Helm
) -> None:
    there = namespace.name
    await install(helm, there, *KEDA, *quickly_down())
    scaled = await cluster.api.items(namespace.within("keda.sh/v1alpha1/scaledobjects"))
    assert len(scaled) == len(ROLES)
    assert await cluster.api.items(autoscalers(there)) == []
    use(cluster, there, IDLE)
    cluster.figures.external(there, metric_name(1), "0")
    for one in scaled:
        await cluster.api.create(autoscaler(one), there)
    await become(cluster, there, LEAST)
    cluster.figures.external(there, metric_name(1), "100000")
    await become(cluster, there, MOST)
    cluster.figures.external(there, metric_name(1), "0")
    await become(cluster, there, LEAST)


async def test_without_scaling_there_are_as_many_pods_as_the_values_say(
    cluster: Cluster, namespace: Namespace, helm: Helm
) -> None:
    there, off = namespace.name, ("--set", "defaults.autoscaling.enabled=false")
    await install(helm, there, *off, "--set", "gateway.replicas=3")
    assert await replicas(cluster.api, there) == {**LEAST, "gateway": 3}
    assert await cluster.api.items(autoscalers(there)) == []


async def test_an_upgrade_of_a_grown_system_leaves_it_grown(
    cluster: Cluster, namespace: Namespace, helm: Helm
) -> None:
    there = namespace.name
    await install(helm, there)
    use(cluster, there, BUSY)
    await become(cluster, there, MOST)
    await upgrade(helm, there, "--set", "image.tag=second")
    assert await replicas(cluster.api, there) == MOST


def autoscalers(namespace: str) -> str:
    return f"/apis/autoscaling/v2/namespaces/{namespace}/horizontalpodautoscalers"


def use(cluster: Cluster, namespace: str, cpu: str) -> None:
    for role in ROLES:
        cluster.figures.use(namespace, role, cpu=cpu)


async def become(cluster: Cluster, namespace: str, wanted: Mapping[str, int]) -> None:
    """Returns once so many pods of each role are wanted and ready."""
    last: dict[str, Any] = {}

    async def so() -> bool:
        nonlocal last
        found = await deployments(cluster.api, namespace)
        last = {role: one["spec"]["replicas"] for role, one in found.items()}
        ready = {role: one["status"].get("readyReplicas", 0) for role, one in found.items()}
        return last == wanted == ready

    try:
        await eventually(so, 120.0, every=0.5)
    except TimeoutError:
        raise AssertionError(f"{last} never became {dict(wanted)}") from None


async def counts(cluster: Cluster, path: str, *, until: int) -> AsyncIterator[tuple[int, float]]:
    """Each new number of wanted replicas, and when it was seen."""
    last = (await cluster.api.get(path))["spec"]["replicas"]
    collection, _, name = path.rpartition("/")
    async for event in cluster.api.watch(collection):
        now = event["object"]["spec"]["replicas"]
        if event["object"]["metadata"]["name"] == name and now != last:
            yield now, time.monotonic()
            last = now
            if now == until:
                return


def _waits_for_the_lull(autoscaler: dict[str, Any]) -> bool:
    conditions = {one["type"]: one for one in autoscaler["status"]["conditions"]}
    return bool(conditions["AbleToScale"]["reason"] == "ScaleDownStabilized")
