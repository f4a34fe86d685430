"""What scales, by what and within which bounds; and that all pools fit into one Postgres."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest
import yaml

from services.chassis.metrics import JOBS_WAITING, RPC_SERVED_IN_FLIGHT
from tests.helm.chart import (
    CHART,
    ROOT,
    SETS,
    Object,
    component,
    deployments,
    environment,
    named,
    of_kind,
    rendered,
    with_values,
)

VALUES = yaml.safe_load((CHART / "values.yaml").read_text())
WORKERS = {"sessions-worker", "teams-worker"}

every_set = pytest.mark.parametrize("name", SETS)


def _scalers(objects: tuple[Object, ...] | list[Object]) -> dict[str, list[Object]]:
    found: dict[str, list[Object]] = {role: [] for role in deployments(objects)}
    for one in of_kind(objects, "HorizontalPodAutoscaler", "ScaledObject"):
        found[component(one)].append(one)
    return found


@every_set
def test_one_thing_scales_a_role_and_then_nobody_else_says_how_many(name: str) -> None:
    objects = rendered(name)
    for role, scalers in _scalers(objects).items():
        deployment = deployments(objects)[role]
        assert len(scalers) == (0 if "replicas" in deployment["spec"] else 1), role
        for scaler in scalers:
            target = scaler["spec"]["scaleTargetRef"]
            assert (target["kind"], target["name"]) == (
                "Deployment",
                deployment["metadata"]["name"],
            )


def test_without_scaling_the_number_of_pods_is_the_values(tmp_path: Path) -> None:
    off = {"defaults": {"autoscaling": {"enabled": False}, "replicas": 3}, "users": {"replicas": 1}}
    objects = with_values(tmp_path, off)
    assert not of_kind(objects, "HorizontalPodAutoscaler", "ScaledObject")
    counts = {role: one["spec"]["replicas"] for role, one in deployments(objects).items()}
    assert counts.pop("users") == 1
    assert set(counts.values()) == {3}


@pytest.mark.parametrize("keda", [False, True])
def test_prescaling_leaves_the_gateways_floor_alone_to_the_operator(
    tmp_path: Path, keda: bool
) -> None:
    values = {
        "prescaling": {"enabled": True},
        "keda": {"enabled": keda},
        "monitoring": {"podMonitor": {"enabled": True}},
    }
    objects = with_values(tmp_path, values)
    floor = "minReplicaCount" if keda else "minReplicas"
    without = {role for role, [one] in _scalers(objects).items() if floor not in one["spec"]}
    assert without == {"gateway"}


def test_by_default_cpu_is_all_that_is_asked_for() -> None:
    for one in of_kind(rendered("default"), "HorizontalPodAutoscaler"):
        [metric] = one["spec"]["metrics"]
        assert metric["resource"]["name"] == "cpu"


def test_with_keda_load_counts_too_and_its_loss_does_not_scale_down() -> None:
    scaled = of_kind(rendered("everything"), "ScaledObject")
    assert len(scaled) == len(deployments(rendered("everything")))
    for one in scaled:
        spec = one["spec"]
        assert [trigger["type"] for trigger in spec["triggers"]] == ["cpu", "prometheus"]
        assert spec["fallback"]["behavior"] == "currentReplicasIfHigher"
        about = spec["triggers"][1]["metadata"]
        # Never to zero, even where nobody sets the floor yet.
        assert float(about["activationThreshold"]) < 0
        assert about["ignoreNullValues"] == "false"


def test_every_metric_that_is_asked_for_is_one_of_ours() -> None:
    texts = [path.read_text() for path in (ROOT / "services").rglob("*metrics.py")]
    for one in of_kind(rendered("everything"), "ScaledObject"):
        query = one["spec"]["triggers"][1]["metadata"]["query"]
        for metric in re.findall(r"fotbot_\w+", query):
            assert any(f'"{metric.removesuffix("_sum")}"' in text for text in texts), metric
        assert f'role="{component(one)}"' in query
    assert RPC_SERVED_IN_FLIGHT.describe()[0].name == "fotbot_rpc_served_in_flight"
    assert JOBS_WAITING._labelnames == ("kind", "state")


def test_the_pod_monitor_names_the_role_that_is_asked_for() -> None:
    [monitor] = of_kind(rendered("everything"), "PodMonitor")
    spec = monitor["spec"]
    [endpoint] = spec["podMetricsEndpoints"]
    assert endpoint["port"] == "ops"
    assert endpoint["relabelings"] == [
        {
            "sourceLabels": ["__meta_kubernetes_pod_label_app_kubernetes_io_component"],
            "targetLabel": "role",
        }
    ]
    [expression] = spec["selector"]["matchExpressions"]
    assert set(expression["values"]) == set(deployments(rendered("everything")))


@every_set
def test_up_at_once_down_slowly(name: str) -> None:
    for role, scalers in _scalers(rendered(name)).items():
        for one in scalers:
            spec = one["spec"]
            behavior = (
                spec.get("behavior")
                or (spec["advanced"]["horizontalPodAutoscalerConfig"]["behavior"])
            )
            assert behavior["scaleUp"]["stabilizationWindowSeconds"] == 0, role
            assert behavior["scaleDown"]["stabilizationWindowSeconds"] >= 300


@every_set
def test_two_pods_of_a_role_at_least_unless_the_values_say_otherwise(name: str) -> None:
    if name == "staging":
        return  # Small on purpose.
    for role, scalers in _scalers(rendered(name)).items():
        for one in scalers:
            spec = one["spec"]
            least = spec.get("minReplicas", spec.get("minReplicaCount", 2))
            most = spec.get("maxReplicas", spec.get("maxReplicaCount"))
            assert 2 <= least <= most, role


def _most(objects: tuple[Object, ...], role: str) -> int:
    [scaler] = _scalers(objects)[role] or [None]
    if scaler is None:
        return int(deployments(objects)[role]["spec"]["replicas"])
    spec = scaler["spec"]
    return int(spec.get("maxReplicas", spec.get("maxReplicaCount")))


@every_set
def test_all_pools_fit_into_one_postgres_during_a_rollout_at_the_most_replicas(name: str) -> None:
    objects = rendered(name)
    connections = 0
    for role, deployment in deployments(objects).items():
        [container] = deployment["spec"]["template"]["spec"]["containers"]
        pool = environment(container).get("DATABASE_POOL_MAX")
        if pool is None:
            continue
        most = _most(objects, role)
        surge = math.ceil(most / 4)
        assert deployment["spec"]["strategy"]["rollingUpdate"] == {
            "maxSurge": "25%",
            "maxUnavailable": 0,
        }
        connections += (most + surge) * (int(pool["value"]) + (role in WORKERS))
    database = VALUES["database"] | (yaml.safe_load(SETS[name].read_text()) or {}).get(
        "database", {}
    )
    assert 0 < connections <= database["maxConnections"] - database["reservedConnections"]


def test_cnpg_and_demo_take_as_many_connections_as_the_values_say() -> None:
    most = str(VALUES["database"]["maxConnections"])
    [cluster] = of_kind(rendered("cnpg"), "Cluster")
    assert cluster["spec"]["postgresql"]["parameters"]["max_connections"] == most
    demo = named(rendered("demo"), "StatefulSet", "fotbot-demo-postgres")
    [container] = demo["spec"]["template"]["spec"]["containers"]
    assert environment(container)["MAX_CONNECTIONS"]["value"] == most
