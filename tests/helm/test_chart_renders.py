"""The chart renders in every set, and what it renders goes together."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.helm.chart import (
    CHART,
    SETS,
    Object,
    component,
    deployments,
    helm,
    named,
    of_kind,
    pods,
    rendered,
    template,
    with_values,
)

ROLES = {"gateway", "sender", "users", "sessions", "teams", "sessions-worker", "teams-worker"}

every_set = pytest.mark.parametrize("name", SETS)


@every_set
def test_strict_lint_finds_nothing(name: str) -> None:
    helm("lint", "--strict", str(CHART), "-f", str(SETS[name]))


@every_set
def test_every_role_runs_once_and_no_two_objects_have_one_name(name: str) -> None:
    objects = rendered(name)
    assert set(deployments(objects)) == ROLES
    names = [
        (one["kind"], one["metadata"].get("namespace"), one["metadata"]["name"]) for one in objects
    ]
    assert len(names) == len(set(names))


@every_set
def test_nothing_has_a_status_and_all_have_the_usual_labels(name: str) -> None:
    for one in rendered(name):
        assert "status" not in one
        labels = one["metadata"]["labels"]
        assert labels["app.kubernetes.io/name"] == "fotbot"
        assert labels["app.kubernetes.io/instance"] == "fotbot"
        assert {
            f"app.kubernetes.io/{key}" for key in ("version", "part-of", "managed-by")
        } <= labels.keys()


@every_set
def test_selectors_match_their_own_pods_alone(name: str) -> None:
    objects = rendered(name)
    for one in of_kind(objects, "Deployment", "StatefulSet"):
        selector = one["spec"]["selector"]["matchLabels"]
        matched = [
            owner
            for owner, pod in pods(objects)
            if selector.items() <= pod["metadata"]["labels"].items()
        ]
        assert matched == [f"{one['kind']}/{one['metadata']['name']}"]


@every_set
def test_selectors_hold_nothing_that_a_release_changes(name: str) -> None:
    for one in of_kind(rendered(name), "Deployment", "StatefulSet"):
        assert set(one["spec"]["selector"]["matchLabels"]) == {
            f"app.kubernetes.io/{key}" for key in ("name", "instance", "component")
        }


@every_set
def test_services_lead_to_ports_that_their_pods_have(name: str) -> None:
    objects = rendered(name)
    for service in of_kind(objects, "Service"):
        selector = service["spec"]["selector"]
        behind = [
            pod
            for owner, pod in pods(objects)
            if not owner.startswith(("Job", "Pod")) and _selects(selector, pod)
        ]
        assert behind, service["metadata"]["name"]
        for pod in behind:
            open_ports = {port["name"] for port in pod["spec"]["containers"][0]["ports"]}
            assert {port["targetPort"] for port in service["spec"]["ports"]} <= open_ports


def _selects(selector: Object, pod: Object) -> bool:
    return selector.items() <= pod["metadata"]["labels"].items()


def test_services_of_grpc_are_headless_and_the_gateways_has_the_webhook_alone() -> None:
    objects = rendered("default")
    for role in ("users", "sessions", "teams", "sender"):
        spec = named(objects, "Service", f"fotbot-{role}")["spec"]
        assert spec["clusterIP"] == "None"
        assert [port["port"] for port in spec["ports"]] == [50051]
    gateway = named(objects, "Service", "fotbot-gateway")["spec"]
    assert "clusterIP" not in gateway
    assert [(port["name"], port["port"]) for port in gateway["ports"]] == [("http", 8080)]


@every_set
def test_the_same_values_render_the_same(name: str) -> None:
    """But for the demo's passwords, which an install makes and an upgrade finds."""
    again = template(SETS[name], extra=("--is-upgrade",))
    assert [_without_secrets(one) for one in again] == [
        _without_secrets(one) for one in rendered(name)
    ]


def _without_secrets(one: Object) -> Object:
    return {**one, "data": {}, "stringData": {}} if one["kind"] == "Secret" else one


@every_set
def test_probes_ask_the_ops_port(name: str) -> None:
    for role, deployment in deployments(rendered(name)).items():
        [container] = deployment["spec"]["template"]["spec"]["containers"]
        asked = {
            probe: container[f"{probe}Probe"]["httpGet"]
            for probe in ("startup", "liveness", "readiness")
        }
        assert asked == {
            "startup": {"path": "/livez", "port": "ops"},
            "liveness": {"path": "/livez", "port": "ops"},
            "readiness": {"path": "/readyz", "port": "ops"},
        }, role


@every_set
def test_one_pod_of_a_role_may_go_at_a_time_and_unready_ones_always(name: str) -> None:
    budgets = {
        component(one): one["spec"] for one in of_kind(rendered(name), "PodDisruptionBudget")
    }
    assert set(budgets) == ROLES
    for budget in budgets.values():
        assert budget["maxUnavailable"] == 1
        assert budget["unhealthyPodEvictionPolicy"] == "AlwaysAllow"


@every_set
def test_the_outside_reaches_the_webhooks_exact_path_and_no_other(name: str) -> None:
    objects = rendered(name)
    for route in of_kind(objects, "HTTPRoute"):
        for rule in route["spec"]["rules"]:
            assert [match["path"]["type"] for match in rule["matches"]] == ["Exact"]
            assert {backend["port"] for backend in rule["backendRefs"]} == {8080}
            assert {backend["name"] for backend in rule["backendRefs"]} == {"fotbot-gateway"}
    for ingress in of_kind(objects, "Ingress"):
        for rule in ingress["spec"]["rules"]:
            for path in rule["http"]["paths"]:
                assert path["pathType"] == "Exact"
                assert path["backend"]["service"] == {
                    "name": "fotbot-gateway",
                    "port": {"name": "http"},
                }


def test_route_and_ingress_have_host_and_path_of_the_webhook() -> None:
    objects = rendered("everything")
    [route] = of_kind(objects, "HTTPRoute")
    assert route["spec"]["hostnames"] == ["fotbot.example"]
    assert route["spec"]["rules"][0]["matches"][0] == {
        "method": "POST",
        "path": {"type": "Exact", "value": "/telegram/webhook"},
    }
    [ingress] = of_kind(objects, "Ingress")
    assert ingress["spec"]["rules"][0]["host"] == "fotbot.example"
    assert ingress["spec"]["tls"] == [{"hosts": ["fotbot.example"], "secretName": "fotbot-tls"}]


def test_each_role_and_the_operator_have_a_certificate_that_says_who_it_is() -> None:
    objects = rendered("mtls")
    certificates = {
        component(one): one["spec"]
        for one in of_kind(objects, "Certificate")
        if not one["spec"].get("isCA")
    }
    assert set(certificates) == {*ROLES, "operator"}
    for role, spec in certificates.items():
        assert spec["uris"] == [f"spiffe://fotbot.example/ns/fotbot/sa/{role}"]
        assert {"server auth", "client auth"} <= set(spec["usages"])
    for role, deployment in deployments(objects).items():
        secret = {"secretName": certificates[role]["secretName"], "defaultMode": 0o440}
        volumes = deployment["spec"]["template"]["spec"]["volumes"]
        assert {"name": "tls", "secret": secret} in volumes


def test_the_cnpg_cluster_loses_no_acknowledged_commit() -> None:
    [cluster] = of_kind(rendered("cnpg"), "Cluster")
    spec = cluster["spec"]
    assert spec["instances"] == 3
    assert spec["postgresql"]["synchronous"]["dataDurability"] == "required"
    assert spec["postgresql"]["synchronous"]["number"] == 1
    roles = {role["name"] for role in spec["managed"]["roles"]}
    services = {"users", "sessions", "teams", "sender"}
    assert roles == services | {f"{service}_migrator" for service in services}
    assert spec["plugins"][0]["name"] == "barman-cloud.cloudnative-pg.io"
    assert cluster["metadata"]["annotations"]["helm.sh/resource-policy"] == "keep"


def test_backups_are_made_on_time_and_kept_where_the_cluster_sends_its_log() -> None:
    objects = rendered("cnpg")
    [cluster], [store] = of_kind(objects, "Cluster"), of_kind(objects, "ObjectStore")
    [backup] = of_kind(objects, "ScheduledBackup")
    plugin = cluster["spec"]["plugins"][0]
    assert plugin["isWALArchiver"] is True
    assert plugin["parameters"]["barmanObjectName"] == store["metadata"]["name"]
    assert store["spec"]["configuration"]["destinationPath"].startswith("s3://")
    assert store["metadata"]["annotations"]["helm.sh/resource-policy"] == "keep"
    assert backup["spec"]["cluster"] == {"name": cluster["metadata"]["name"]}
    assert (backup["spec"]["method"], backup["spec"]["immediate"]) == ("plugin", True)
    assert backup["spec"]["pluginConfiguration"] == {"name": plugin["name"]}


def test_a_recovered_cluster_reads_the_old_backups_and_writes_its_own() -> None:
    [cluster] = of_kind(rendered("everything"), "Cluster")
    spec = cluster["spec"]
    [origin] = spec["externalClusters"]
    assert spec["bootstrap"]["recovery"]["source"] == origin["name"]
    assert origin["plugin"]["parameters"]["serverName"] == "fotbot-1"
    assert spec["plugins"][0]["parameters"]["serverName"] == "fotbot-2"


def test_migrations_come_before_the_pods_where_the_database_is_there_already() -> None:
    jobs = of_kind(rendered("default"), "Job")
    assert {job["metadata"]["annotations"]["helm.sh/hook"] for job in jobs} == {
        "pre-install,pre-upgrade"
    }


@pytest.mark.parametrize("name", ["demo", "cnpg", "everything"])
def test_elsewhere_they_are_ordinary_jobs_whose_names_tell_the_release(name: str) -> None:
    """A Job cannot be changed, so each release has its own; pods turn ready once it is done."""
    jobs = of_kind(rendered(name), "Job")
    assert len(jobs) == 4
    for job in jobs:
        assert "annotations" not in job["metadata"]
        assert re.search(r"-r\d+-[0-9a-f]{6}$", job["metadata"]["name"])


def test_a_second_region_leaves_the_schema_alone(tmp_path: Path) -> None:
    objects = with_values(tmp_path, {"migrations": {"enabled": False}})
    assert not of_kind(objects, "Job")
    assert set(deployments(objects)) == ROLES
