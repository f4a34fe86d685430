"""What every pod may do, is told and is entitled to."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from services.chassis import process, server
from services.chassis.jobs import CLOSE_SECONDS, COMMAND_SECONDS
from services.chassis.migrations import MigrateSettings
from services.chassis.ops import LAST_ANSWERS_SECONDS
from services.chassis.settings import Settings
from services.gateway.__main__ import BACKGROUND_SECONDS
from services.gateway.http_server import LAST_UPDATES_SECONDS
from services.gateway.sender.settings import SenderSettings
from services.gateway.sender.telegram import CALL_SECONDS
from services.gateway.settings import GatewaySettings
from services.local.roles import MIGRATIONS
from services.local.roles import ROLES as LOCAL_ROLES
from services.sessions.settings import SessionsSettings
from services.sessions.settings import WorkerSettings as SessionsWorkerSettings
from services.teams.settings import TeamsSettings
from services.teams.settings import WorkerSettings as TeamsWorkerSettings
from services.users.settings import UsersSettings
from tests.helm.chart import (
    SETS,
    Object,
    component,
    deployments,
    environment,
    of_kind,
    pods,
    rendered,
)

SETTINGS: dict[str, type[Settings]] = {
    "gateway": GatewaySettings,
    "sender": SenderSettings,
    "users": UsersSettings,
    "sessions": SessionsSettings,
    "teams": TeamsSettings,
    "sessions-worker": SessionsWorkerSettings,
    "teams-worker": TeamsWorkerSettings,
}
ROLES = {role.name: role for role in LOCAL_ROLES}
# What is not a setting of ours: OpenTelemetry's, Python's, and what those refer to.
FOREIGN = re.compile(r"OTEL_\w+|PYTHON\w+|POD_NAME|NODE_NAME")
SHARED_KEYS = {"redis-url", "sentry-dsn"}

every_set = pytest.mark.parametrize("name", SETS)


def _containers(name: str) -> Iterator[tuple[str, Object, Object]]:
    for owner, pod in pods(rendered(name)):
        for container in [*pod["spec"].get("initContainers", []), *pod["spec"]["containers"]]:
            yield owner, pod, container


@every_set
def test_every_pod_is_restricted_and_writes_nowhere_but_its_volumes(name: str) -> None:
    for owner, pod, container in _containers(name):
        of_pod, own = pod["spec"]["securityContext"], container["securityContext"]
        assert of_pod["runAsNonRoot"] is True, owner
        assert of_pod["runAsUser"] > 0
        assert of_pod["seccompProfile"] == {"type": "RuntimeDefault"}
        assert own["allowPrivilegeEscalation"] is False
        assert own["readOnlyRootFilesystem"] is True
        assert own["capabilities"] == {"drop": ["ALL"]}
        assert not {"hostNetwork", "hostPID", "hostIPC"} & pod["spec"].keys()
        for volume in pod["spec"].get("volumes", []):
            assert volume.keys() & {"projected", "secret", "configMap", "emptyDir"}


@every_set
def test_no_pod_gets_a_token_and_none_is_the_namespaces_default_account(name: str) -> None:
    accounts = {one["metadata"]["name"]: one for one in of_kind(rendered(name), "ServiceAccount")}
    for owner, pod in pods(rendered(name)):
        assert pod["spec"]["automountServiceAccountToken"] is False, owner
        assert accounts[pod["spec"]["serviceAccountName"]]["automountServiceAccountToken"] is False


@every_set
def test_every_container_asks_for_cpu_and_memory_and_is_limited_in_memory_alone(name: str) -> None:
    for owner, _, container in _containers(name):
        assert {"cpu", "memory"} <= container["resources"]["requests"].keys(), owner
        assert container["resources"]["limits"].keys() == {"memory"}


@every_set
def test_the_command_picks_the_role(name: str) -> None:
    for role, deployment in deployments(rendered(name)).items():
        [container] = deployment["spec"]["template"]["spec"]["containers"]
        assert container["command"] == ["python", "-m", ROLES[role].module]
    jobs = [job["spec"]["template"]["spec"] for job in of_kind(rendered(name), "Job")]
    modules = {job["containers"][0]["command"][2] for job in jobs}
    # Another region's release brings up to date what a second one uses.
    assert modules == (set() if name == "multi-region" else set(MIGRATIONS.values()))


@every_set
def test_a_variable_is_there_once(name: str) -> None:
    for owner, _, container in _containers(name):
        assert len(environment(container)) == len(container.get("env", [])), owner


@every_set
def test_every_variable_is_a_setting_of_the_role_that_gets_it(name: str) -> None:
    for role, deployment in deployments(rendered(name)).items():
        [container] = deployment["spec"]["template"]["spec"]["containers"]
        known = {field.upper() for field in SETTINGS[role].model_fields}
        # A worker is told of everybody whom it may call, whether or not it does yet.
        known |= {f"{called.upper()}_ADDR" for called in ROLES[role].calls}
        known |= {f"{field}_FILE" for field in known}
        unknown = {one for one in environment(container) if not FOREIGN.fullmatch(one)} - known
        assert not unknown, f"{role} does not read {unknown}"


def test_every_migration_reads_what_it_is_given() -> None:
    [field] = MigrateSettings.model_fields
    for job in of_kind(rendered("default"), "Job"):
        [container] = job["spec"]["template"]["spec"]["containers"]
        assert set(environment(container)) == {f"{field.upper()}_FILE"}


@every_set
def test_every_setting_that_has_no_default_is_given(name: str) -> None:
    for role, deployment in deployments(rendered(name)).items():
        [container] = deployment["spec"]["template"]["spec"]["containers"]
        given = {one.removesuffix("_FILE") for one in environment(container)}
        needed = {
            field.upper()
            for field, about in SETTINGS[role].model_fields.items()
            if about.is_required()
        }
        assert needed <= given, role


@every_set
def test_a_role_calls_whom_it_may_call(name: str) -> None:
    for role, deployment in deployments(rendered(name)).items():
        [container] = deployment["spec"]["template"]["spec"]["containers"]
        called = {
            one.removesuffix("_ADDR").lower()
            for one in environment(container)
            if one.endswith("_ADDR")
        }
        assert called == set(ROLES[role].calls)


def _keys(pod: Object) -> set[str]:
    """Keys of Secrets that a pod sees, by whatever way."""
    seen = set()
    for volume in pod["spec"].get("volumes", []):
        for source in volume.get("projected", {}).get("sources", []):
            seen |= {item["key"] for item in source["secret"]["items"]}
    return seen


def _entitled(role: str) -> set[str]:
    entitled = set(SHARED_KEYS)
    about = ROLES[role]
    if about.schema:
        entitled |= {f"database-url-{about.schema}", f"database-replica-url-{about.schema}"}
    if about.holds_token:
        entitled.add("bot-token")
    if about.holds_webhook_secret:
        entitled |= {"webhook-secret", "webhook-secret-previous"}
    if role == "teams":
        entitled.add("invitation-key")
    return entitled


@every_set
def test_a_secret_reaches_only_who_is_entitled_to_it(name: str) -> None:
    for role, deployment in deployments(rendered(name)).items():
        assert _keys(deployment["spec"]["template"]) <= _entitled(role), role
    for job in of_kind(rendered(name), "Job"):
        [key] = _keys(job["spec"]["template"])
        schema = key.removeprefix("database-migrator-url-")
        command = job["spec"]["template"]["spec"]["containers"][0]["command"]
        assert command[2] == MIGRATIONS[schema]


def test_the_token_is_the_senders_alone() -> None:
    for name in SETS:
        holders = {
            role
            for role, deployment in deployments(rendered(name)).items()
            if "bot-token" in _keys(deployment["spec"]["template"])
        }
        assert holders == {"sender"}


@every_set
def test_no_secret_is_a_variable_and_no_whole_secret_is_mounted(name: str) -> None:
    for owner, pod, container in _containers(name):
        assert not container.get("envFrom")
        for variable in container.get("env", []):
            assert "secretKeyRef" not in variable.get("valueFrom", {}), owner
        for volume in pod["spec"].get("volumes", []):
            for source in volume.get("projected", {}).get("sources", []):
                assert source["secret"]["items"]


@every_set
def test_a_file_that_a_variable_names_is_one_that_is_mounted(name: str) -> None:
    for owner, pod, container in _containers(name):
        named = {
            variable["value"].rsplit("/", 1)[1]
            for variable in container.get("env", [])
            if variable["name"].endswith("_FILE")
            and variable["value"].startswith("/run/secrets/fotbot/")
        }
        assert named == _keys(pod), owner


def _orderly_end(role: str, pause: float, drain: float) -> float:
    """The longest that a process takes after the pod's end was asked for, by the code's own
    constants."""
    last_calls = server.LAST_CALLS_SECONDS + server.STOP_SECONDS
    own = {
        "gateway": LAST_UPDATES_SECONDS + BACKGROUND_SECONDS,
        "sender": last_calls + CALL_SECONDS,
        "sessions-worker": COMMAND_SECONDS + CLOSE_SECONDS,
        "teams-worker": COMMAND_SECONDS + CLOSE_SECONDS,
    }.get(role, last_calls)
    return pause + drain + own + process.LAST_WORDS_SECONDS + LAST_ANSWERS_SECONDS


@every_set
def test_a_pod_has_longer_to_end_than_its_end_takes(name: str) -> None:
    for role, deployment in deployments(rendered(name)).items():
        pod = deployment["spec"]["template"]["spec"]
        [container] = pod["containers"]
        pause = container["lifecycle"]["preStop"]["sleep"]["seconds"]
        drain = float(environment(container)["DRAIN_SECONDS"]["value"])
        assert pod["terminationGracePeriodSeconds"] > _orderly_end(role, pause, drain), role


@every_set
def test_pods_of_a_role_stand_apart(name: str) -> None:
    for role, deployment in deployments(rendered(name)).items():
        spread = deployment["spec"]["template"]["spec"]["topologySpreadConstraints"]
        assert "kubernetes.io/hostname" in {one["topologyKey"] for one in spread}
        for one in spread:
            assert one["labelSelector"]["matchLabels"]["app.kubernetes.io/component"] == role


def test_a_digest_pins_every_image_of_ours() -> None:
    ours = [
        container["image"]
        for owner, pod, container in _containers("everything")
        if not component(pod).startswith("demo-")
    ]
    assert set(ours) == {
        "registry.example/fotbot@sha256:"
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    }


def test_a_change_of_the_demos_scripts_restarts_the_demo() -> None:
    for _, pod in pods(rendered("demo")):
        if component(pod).startswith("demo-"):
            assert re.fullmatch("[0-9a-f]{64}", pod["metadata"]["annotations"]["checksum/config"])
