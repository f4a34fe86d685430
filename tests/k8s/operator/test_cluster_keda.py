"""The floor of a KEDA ScaledObject is moved as an autoscaler's is."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.k8s.cluster.cluster import Cluster
from tests.k8s.cluster.helm import Helm
from tests.k8s.conftest import Namespace
from tests.k8s.operator.world import WHOLE, World, condition, installed

pytestmark = [
    pytest.mark.k8s,
    pytest.mark.cluster_long,
    pytest.mark.usefixtures("definition", "foreign_kinds"),
]

TARGET = {"kind": "ScaledObject", "name": "fotbot-gateway"}
SCALED = {
    "apiVersion": "keda.sh/v1alpha1",
    "kind": "ScaledObject",
    "metadata": {"name": "fotbot-gateway"},
    "spec": {
        "maxReplicaCount": 6,
        "scaleTargetRef": {"name": "fotbot-gateway"},
        "triggers": [{"type": "cpu", "metricType": "Utilization", "metadata": {"value": "60"}}],
    },
}


async def floor_is(world: World, replicas: int | None) -> None:
    path = world.namespace.within("keda.sh/v1alpha1/scaledobjects", "fotbot-gateway")
    await world.admin.until(
        path, lambda found: found["spec"].get("minReplicaCount") == replicas, 30
    )


async def test_a_scaled_objects_floor_is_raised_capped_lowered_and_given_back(
    cluster: Cluster, namespace: Namespace, helm: Helm, tmp_path: Path
) -> None:
    spec = WHOLE["prescaling"] | {"target": TARGET, "lead": "10m", "hold": "2s"}
    options = ("--set", "app.scaledObjects={fotbot-gateway}")
    async with installed(cluster, namespace, helm, tmp_path, *options) as world:
        await world.admin.apply(SCALED, namespace.name, manager="helm")
        await world.start()
        await world.make(WHOLE | {"prescaling": spec})
        await floor_is(world, 2)
        world.sessions.opens(900, seconds=8)
        await floor_is(world, 6)  # KEDA's own maximum, below the spec's and the crowd's wish
        assert condition(await world.bot(), "Prescaled") == ("True", "Capped")
        await floor_is(world, 2)
        await world.make(WHOLE | {"prescaling": spec | {"enabled": False}})
        await floor_is(world, None)


async def test_a_scaled_object_that_the_account_may_not_touch_is_named(world: World) -> None:
    await world.admin.apply(SCALED, world.namespace.name, manager="helm")
    await world.start()
    await world.make(WHOLE | {"prescaling": WHOLE["prescaling"] | {"target": TARGET}})
    await world.until("Prescaled", "False", "Denied")
