"""Reachability, computed from the rendered policies, is the design's and nothing more."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.chassis.edges import BY_ROLE
from tests.helm.chart import Object, deployments, of_kind, pods, rendered, with_values
from tests.helm.reach import Place, Policies

RELEASE = {"app.kubernetes.io/name": "fotbot", "app.kubernetes.io/instance": "fotbot"}
HTTP, GRPC, OPS, SQL, CACHE, TLS, OTLP, DNS = 8080, 50051, 9090, 5432, 6379, 443, 4317, 53

OUTSIDE = (
    Place(
        name="operator", namespace="fotbot", labels={"app.kubernetes.io/name": "fotbot-operator"}
    ),
    Place(name="monitoring", namespace="monitoring", labels={"app": "prometheus"}),
    Place(name="collector", namespace="monitoring", labels={"app": "collector"}),
    Place(name="ingress", namespace="gateways", labels={"app": "envoy"}),
    Place(name="dns", namespace="kube-system", labels={"k8s-app": "kube-dns"}),
    Place(name="stranger", namespace="fotbot", labels={"app": "other"}),
    Place(name="another", namespace="other", labels=RELEASE),
    Place(name="postgres", address="10.20.0.5"),
    Place(name="cache", address="10.20.0.6"),
    Place(name="telegram", address="149.154.167.220"),
    Place(name="internet", address="203.0.113.7"),
)
PORTS = (HTTP, GRPC, OPS, SQL, CACHE, TLS, OTLP, 80, 22)

SERVICES = {"gateway", "sender", "users", "sessions", "teams", "sessions-worker", "teams-worker"}
CALLS = {
    ("gateway", "users", GRPC),
    ("gateway", "sessions", GRPC),
    ("gateway", "teams", GRPC),
    ("gateway", "sender", GRPC),
    ("sessions", "users", GRPC),
    ("sessions", "teams", GRPC),
    ("teams", "users", GRPC),
    ("sender", "users", GRPC),
    ("sessions-worker", "users", GRPC),
    ("sessions-worker", "teams", GRPC),
    ("sessions-worker", "sender", GRPC),
    ("teams-worker", "sender", GRPC),
    ("teams-worker", "users", GRPC),
}
AROUND = {
    ("operator", "sessions", GRPC),
    ("operator", "gateway", OPS),
    ("ingress", "gateway", HTTP),
    ("sender", "telegram", TLS),
    *((watching, role, OPS) for watching in ("monitoring", "collector") for role in SERVICES),
    *(("test", role, OPS) for role in SERVICES),
    ("test", "gateway", HTTP),
}
WITH_SCHEMA = SERVICES - {"gateway"} | {"migrations"}
WITH_CACHE = SERVICES

# The stores' addresses and the ingress controller are known to whoever installs it.
NARROWED = {
    "config": {"webhookUrl": "https://fotbot.example/telegram/webhook"},
    "networkPolicy": {
        "ingress": {
            "from": [
                {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "gateways"}}}
            ]
        },
        "database": {"to": [{"ipBlock": {"cidr": "10.20.0.5/32"}}]},
        "redis": {"to": [{"ipBlock": {"cidr": "10.20.0.6/32"}}]},
    },
}


def _places(objects: tuple[Object, ...] | list[Object]) -> list[Place]:
    own = {}
    for _, pod in pods(objects):
        labels = pod["metadata"]["labels"]
        [container] = pod["spec"]["containers"]
        role = labels["app.kubernetes.io/component"]
        own[role] = Place(
            name=role,
            namespace="fotbot",
            labels=labels,
            ports={port["name"]: port["containerPort"] for port in container.get("ports", [])},
        )
    return [*own.values(), *OUTSIDE]


def _edges(objects: tuple[Object, ...] | list[Object]) -> set[tuple[str, str, int]]:
    """Every connection that a pod of ours may make or take."""
    policies = Policies(of_kind(objects, "NetworkPolicy"), "fotbot")
    places = _places(objects)
    ours = {place.name for place in places} - {place.name for place in OUTSIDE}
    return {
        (source.name, target.name, port)
        for source in places
        for target in places
        for port in PORTS
        if source is not target
        and {source.name, target.name} & ours
        and policies.allow(source, target, port)
    }


def test_reachability_is_exactly_the_designs_edges(tmp_path: Path) -> None:
    stores = {(role, "postgres", SQL) for role in WITH_SCHEMA}
    stores |= {(role, "cache", CACHE) for role in WITH_CACHE}
    assert _edges(with_values(tmp_path, NARROWED)) == CALLS | AROUND | stores


def test_whoever_may_call_a_method_gets_there(tmp_path: Path) -> None:
    edges = _edges(with_values(tmp_path, NARROWED))
    for role, methods in BY_ROLE.items():
        for method in methods:
            assert (role, method.split(".")[1], GRPC) in edges, method


def test_a_collector_and_an_error_tracker_are_reached_when_they_are_named(tmp_path: Path) -> None:
    sentry = {"to": [{"ipBlock": {"cidr": "203.0.113.7/32"}}], "ports": [443]}
    policy = {**NARROWED["networkPolicy"], "sentry": sentry}
    telling = {
        "telemetry": {"otlpEndpoint": "http://collector.monitoring:4317"},
        "sentry": {"enabled": True},
    }
    edges = _edges(with_values(tmp_path, {**NARROWED, **telling, "networkPolicy": policy}))
    more = edges - _edges(with_values(tmp_path, NARROWED))
    collectors = {(role, where, OTLP) for role in SERVICES for where in ("collector", "monitoring")}
    assert more == collectors | {(role, "internet", TLS) for role in SERVICES}


@pytest.mark.parametrize("name", ["default", "demo", "cnpg"])
def test_every_pod_of_ours_resolves_names_and_a_silent_one_reaches_nothing(name: str) -> None:
    objects = rendered(name)
    policies = Policies(of_kind(objects, "NetworkPolicy"), "fotbot")
    dns = next(place for place in OUTSIDE if place.name == "dns")
    silent = Place(name="new", namespace="fotbot", labels=RELEASE)
    for place in _places(objects):
        if place.name in SERVICES | {"migrations", "test"}:
            assert policies.allow(place, dns, DNS, "UDP"), place.name
            assert policies.allow(place, dns, DNS), place.name
        assert not any(policies.allow(silent, place, port) for port in PORTS)
        assert not any(
            policies.allow(place, silent, port) for port in PORTS if port not in (SQL, CACHE)
        )


def test_unless_it_is_narrowed_an_external_store_may_be_anywhere_but_only_on_its_port() -> None:
    anywhere = {edge for edge in _edges(rendered("default")) if edge[1] == "internet"}
    assert anywhere == {(role, "internet", SQL) for role in WITH_SCHEMA} | {
        (role, "internet", CACHE) for role in WITH_CACHE
    }


def test_the_demos_stores_are_reached_by_whom_they_serve() -> None:
    edges = _edges(rendered("demo"))
    assert {edge for edge in edges if edge[1].startswith("demo-")} == {
        *((role, "demo-postgres", SQL) for role in WITH_SCHEMA),
        *((role, "demo-valkey", CACHE) for role in WITH_CACHE),
    }
    assert not [edge for edge in edges if edge[1] in ("internet", "postgres", "cache")]
    assert not [edge for edge in edges if edge[0].startswith("demo-")]


def test_cnpgs_instances_are_reached_by_whom_they_serve_and_by_their_operator() -> None:
    objects = rendered("cnpg")
    policies = Policies(of_kind(objects, "NetworkPolicy"), "fotbot")
    database = Place(
        name="database", namespace="fotbot", labels={"cnpg.io/cluster": "fotbot-postgres"}
    )
    operator = Place(name="cnpg", namespace="cnpg-system")
    callers = {place.name for place in _places(objects) if policies.allow(place, database, SQL)}
    assert callers == WITH_SCHEMA
    assert policies.allow(operator, database, 8000)
    assert policies.allow(database, database, SQL)


def test_without_policies_nothing_is_said(tmp_path: Path) -> None:
    objects = with_values(tmp_path, {"networkPolicy": {"enabled": False}}, base="demo")
    assert not of_kind(objects, "NetworkPolicy")
    assert set(deployments(objects)) == SERVICES
