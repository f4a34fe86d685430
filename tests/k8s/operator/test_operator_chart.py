"""The operator's chart, rendered: what must be in it, and which values are refused."""

from __future__ import annotations

import json
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.helm.chart_readme import readme
from tests.k8s.cluster.helm import CHARTS, Helm, HelmFailed

CHART = CHARTS / "fotbot-operator"
Object = dict[str, Any]
# Between a provider and its customers: private in all but name (RFC 6598).
SHARED = ip_network("100.64.0.0/10")


async def rendered(folder: Path, *more: str, release: str = "fotbot-operator") -> list[Object]:
    told = await Helm(folder)("template", release, str(CHART), "-n", "football", *more)
    return [one for one in yaml.safe_load_all(told) if one]


async def one(folder: Path, kind: str, *more: str) -> Object:
    return next(made for made in await rendered(folder, *more) if made["kind"] == kind)


async def test_one_operator_at_a_time_and_a_restricted_one(tmp_path: Path) -> None:
    spec = (await one(tmp_path, "Deployment"))["spec"]
    assert (spec["replicas"], spec["strategy"]) == (1, {"type": "Recreate"})
    pod = spec["template"]["spec"]
    container = pod["containers"][0]
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert "cpu" not in container["resources"]["limits"]
    assert {"startupProbe", "livenessProbe", "readinessProbe"} <= container.keys()


async def test_the_definition_stays_when_the_chart_goes(tmp_path: Path) -> None:
    made = await one(tmp_path, "CustomResourceDefinition")
    assert made["metadata"]["annotations"]["helm.sh/resource-policy"] == "keep"
    without = await rendered(tmp_path, "--set", "crds.install=false")
    assert "CustomResourceDefinition" not in {one["kind"] for one in without}


async def test_its_rights_are_of_its_namespace_alone_and_no_wildcards(tmp_path: Path) -> None:
    made = await rendered(tmp_path, "--set", "app.scaledObjects={fotbot-gateway}")
    kinds = {one["kind"] for one in made}
    assert not {"ClusterRole", "ClusterRoleBinding"} & kinds
    rules = next(one for one in made if one["kind"] == "Role")["rules"]
    assert "*" not in json.dumps(rules)
    secrets = [rule for rule in rules if "secrets" in rule["resources"]]
    (secret,) = secrets
    assert (secret["verbs"], secret["resourceNames"]) == (["get"], ["fotbot"])
    scalers = [rule for rule in rules if rule["resources"] == ["scaledobjects"]]
    assert scalers[0]["resourceNames"] == ["fotbot-gateway"]


async def test_names_follow_the_systems_release(tmp_path: Path) -> None:
    more = ("--set", "app.release=league")
    made = await rendered(tmp_path, *more)
    role = next(one for one in made if one["kind"] == "Role")
    names = [name for rule in role["rules"] for name in rule.get("resourceNames", [])]
    assert names == ["fotbot", "league-fotbot-gateway"]
    container = next(one for one in made if one["kind"] == "Deployment")["spec"]["template"][
        "spec"
    ]["containers"][0]
    env = {one["name"]: one["value"] for one in container["env"]}
    assert env["SESSIONS_ADDR"] == (
        "dns:///league-fotbot-sessions.football.svc.cluster.local.:50051"
    )
    assert "app.kubernetes.io/instance=league" in env["GATEWAY_PODS"]


async def test_its_identity_is_the_one_that_the_systems_chart_has_made(tmp_path: Path) -> None:
    pod = (await one(tmp_path, "Deployment", "--set", "tls.enabled=true"))["spec"]["template"]
    secrets = [volume["secret"] for volume in pod["spec"]["volumes"] if "secret" in volume]
    assert secrets == [{"secretName": "fotbot-operator-tls", "defaultMode": 0o440}]


async def test_it_reaches_what_the_design_lets_it_reach(tmp_path: Path) -> None:
    spec = (await one(tmp_path, "NetworkPolicy"))["spec"]
    assert spec["policyTypes"] == ["Ingress", "Egress"]
    ports = [sorted(str(port["port"]) for port in rule["ports"]) for rule in spec["egress"]]
    assert ports == [["53", "53"], ["443", "6443"], ["443"], ["9090"], ["50051"]]
    telegram = [place["ipBlock"]["cidr"] for place in spec["egress"][2]["to"]]
    assert telegram == ["149.154.160.0/20", "91.108.4.0/22"]
    assert [port["port"] for port in spec["ingress"][0]["ports"]] == ["ops"]


async def test_it_reaches_the_api_server_on_private_networks_and_the_notes_say_what_else_to_name(
    tmp_path: Path,
) -> None:
    spec = (await one(tmp_path, "NetworkPolicy"))["spec"]
    places = [ip_network(place["ipBlock"]["cidr"]) for place in spec["egress"][1]["to"]]
    assert not [place for place in places if not (place.is_private or place == SHARED)]
    notes = (CHART / "templates" / "NOTES.txt").read_text()
    assert "networkPolicy.apiServerCidrs" in notes
    assert "kubernetes.io/service-name=kubernetes" in notes


async def test_errors_are_told_where_a_secret_says_and_nowhere_without_one(tmp_path: Path) -> None:
    more = ("--set", "sentry.secretName=errors", "--set", "sentry.environment=staging")
    pod = (await one(tmp_path, "Deployment", *more))["spec"]["template"]["spec"]
    [container] = pod["containers"]
    env = {each["name"]: each["value"] for each in container["env"]}
    assert env["SENTRY_DSN_FILE"] == "/run/sentry/sentry-dsn"
    assert env["SENTRY_ENVIRONMENT"] == "staging"
    assert {"name": "sentry", "mountPath": "/run/sentry", "readOnly": True} in container[
        "volumeMounts"
    ]
    secrets = [volume["secret"] for volume in pod["volumes"] if "secret" in volume]
    assert [secret["secretName"] for secret in secrets] == ["errors"]
    way = (await one(tmp_path, "NetworkPolicy", *more))["spec"]["egress"][-1]
    assert way == {"ports": [{"protocol": "TCP", "port": 443}]}
    assert "sentry" not in json.dumps(await rendered(tmp_path)).lower()


async def test_a_token_is_in_no_manifest_and_the_address_is_no_field_of_a_bot(
    tmp_path: Path,
) -> None:
    made = await one(tmp_path, "CustomResourceDefinition")
    assert "apiurl" not in json.dumps(made).lower()


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("replicas=2", "additional properties 'replicas' not allowed"),
        ("image.tag=latest", "image/tag"),
        ("image.digest=sha256:short", "image/digest"),
        ("telegramApiUrl=ftp://x", "telegramApiUrl"),
        ("app.secretNames={Bad_Name}", "secretNames"),
        ("reconcileSeconds=1", "reconcileSeconds"),
        ("networkPolicy.telegramCidrs={everywhere}", "telegramCidrs"),
        ("networkPolicy.apiServerPorts={0}", "apiServerPorts"),
        ("tls.trustDomain=", "trustDomain"),
        ("sentry.secretName=Not_A_Name", "secretName"),
        ("sentry.dsn=https://key@host/1", "additional properties 'dsn' not allowed"),
        ("monitoring.podMonitor.interval=often", "interval"),
        ("crds.keep=false", "additional properties 'keep' not allowed"),
    ],
)
async def test_a_wrong_value_is_refused_with_a_sentence(
    tmp_path: Path, value: str, sentence: str
) -> None:
    with pytest.raises(HelmFailed) as failed:
        await rendered(tmp_path, "--set", value)
    assert sentence in str(failed.value)


def test_the_readme_is_what_the_values_comments_make() -> None:
    assert (CHART / "README.md").read_text() == readme(CHART), "python -m tests.helm.chart_readme"
