"""The product on a node of its own, for all of these tests: real containers, stores, a Telegram."""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import pytest
import pytest_asyncio
import yaml

from services.local.process import LOOPBACK
from services.local.supervisor import Supervisor
from tests.compose.telegram_beside import TOKEN, Beside, telegram_beside, told
from tests.e2e.city import ADMINS, SECRET, City
from tests.k8s.cluster.api import Api, Object
from tests.k8s.cluster.binaries import absent, binary, no_control_plane
from tests.k8s.cluster.control_plane import ControlPlane
from tests.k8s.cluster.helm import CHARTS, Helm
from tests.k8s.node.in_cluster import bring_in
from tests.k8s.node.machine import load, machine, why_not
from tests.k8s.node.network import GATEWAY, network
from tests.k8s.tools.catalogue import NODE

ROOT = Path(__file__).parents[3]
NAMESPACE = "fotbot"
ROLES = ("gateway", "sender", "users", "sessions", "teams", "sessions-worker", "teams-worker")
IMAGES = {
    "fotbot": ROOT,
    "fotbot-postgres": ROOT / "k8s" / "compose" / "postgres",
    "fotbot-valkey": ROOT / "k8s" / "compose" / "valkey",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fleet:
    """What runs, and the ways in."""

    api: Api
    helm: Helm
    telegram: Beside
    values: dict[str, Any]
    folder: Path
    kubectl: tuple[str, ...]
    webhook: str = ""
    """At the address of the gateway's Service, once there is one."""

    async def inside(self, role: str, program: str, *arguments: str) -> str:
        """What a Python program says in a pod of that role."""
        where = ("exec", f"deploy/fotbot-{role}", "--", "python", "-c", program, *arguments)
        return await told(*self.kubectl, *where, env=os.environ)

    @property
    def city(self) -> City:
        """As far as people.Human and the evenings' acts know one."""
        return cast(City, self.telegram)

    async def release(self, *arguments: str, wait: bool = True, **changes: Any) -> None:
        """Installs or upgrades, and waits until every pod is the new one and ready."""
        file = self.folder / "values.yaml"
        file.write_text(yaml.safe_dump({**self.values, **changes}))
        chart = ("fotbot", str(CHARTS / "fotbot"), "-n", NAMESPACE, "-f", str(file))
        await self.helm("upgrade", "--install", *chart, *arguments)
        if wait:
            await self.settled()

    async def settled(self, seconds: float = 420) -> None:
        """Returns when every Deployment has rolled out."""
        for role in ROLES:
            path = f"/apis/apps/v1/namespaces/{NAMESPACE}/deployments/fotbot-{role}"
            await self.api.until(path, _is_rolled_out, seconds)

    async def pods(self, role: str) -> list[Object]:
        """Those of a role that are not on their way out."""
        path = f"/api/v1/namespaces/{NAMESPACE}/pods"
        found = await self.api.items(path, f"app.kubernetes.io/component={role}")
        return [pod for pod in found if "deletionTimestamp" not in pod["metadata"]]


def _is_rolled_out(deployment: Object) -> bool:
    status, wanted = deployment.get("status", {}), deployment["spec"]["replicas"]
    return (
        status.get("observedGeneration") == deployment["metadata"]["generation"]
        and status.get("updatedReplicas") == wanted
        and status.get("readyReplicas") == wanted
        and status.get("replicas") == wanted
    )


@pytest_asyncio.fixture(scope="session")
async def fleet(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Fleet]:
    """Everything up, the product installed and its pods ready."""
    if reason := why_not() or no_control_plane() or absent("kubectl", "helm", *NODE):
        pytest.skip(reason)
    folder = tmp_path_factory.mktemp("node")
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(network())
        supervisor = await stack.enter_async_context(Supervisor(folder / "logs"))
        plane = ControlPlane(folder / "state", GATEWAY)
        await supervisor.start(plane.etcd(), timeout=120)
        await supervisor.start(plane.api_server(), timeout=120)
        await supervisor.start(plane.controllers(), plane.scheduler(), timeout=120)
        api = await stack.enter_async_context(Api.of(plane.kubeconfig))
        await stack.enter_async_context(machine(plane, supervisor))
        await bring_in(api, folder)
        await images()
        telegram = await stack.enter_async_context(telegram_beside(folder, GATEWAY, ADMINS, {}))
        await _namespace(api)
        fleet = Fleet(
            api=api,
            helm=Helm(folder, plane.kubeconfig),
            telegram=telegram,
            values=_values(telegram.address),
            folder=folder,
            kubectl=_kubectl(plane),
        )
        try:
            await fleet.release()
        except TimeoutError as late:
            raise AssertionError(await _state(plane)) from late
        service = await api.get(f"/api/v1/namespaces/{NAMESPACE}/services/fotbot-gateway")
        at = f"http://{service['spec']['clusterIP']}:8080/telegram/webhook"
        fleet = replace(fleet, webhook=at)
        await lead_telegram(fleet)
        yield fleet
        (folder / "pods.txt").write_text(await _state(plane))
        await fleet.helm("uninstall", "fotbot", "-n", NAMESPACE)


async def images() -> None:
    """Those that are not built yet are; then the node has them."""
    for name in IMAGES:
        made = await told("podman", "images", "-q", f"localhost/{name}:dev", env=os.environ)
        if not made.strip():
            await _build(name)
    await load(*(f"localhost/{name}:dev" for name in IMAGES))


async def _build(name: str) -> None:
    if name == "fotbot":
        await told("sh", str(ROOT / "k8s" / "image" / "build.sh"), env=os.environ, timeout=1800)
        return
    limits = ("--ulimit", "nofile=1024:1024", "--ulimit", "nproc=4096:4096")
    base = ("--build-arg", f"BASE={os.environ.get('BASE', 'fotbot-base:bookworm')}")
    command = ("podman", "build", "-q", *limits, *base, "-t", f"{name}:dev", str(IMAGES[name]))
    await told(*command, env=os.environ, timeout=1800)


async def _namespace(api: Api) -> None:
    labels = {"pod-security.kubernetes.io/enforce": "restricted"}
    about = {"name": NAMESPACE, "labels": labels}
    await api.create({"apiVersion": "v1", "kind": "Namespace", "metadata": about})
    account = f"/api/v1/namespaces/{NAMESPACE}/serviceaccounts/default"
    await api.until(account, bool, 60)
    secrets = {"bot-token": TOKEN, "webhook-secret": SECRET, "invitation-key": "node" * 8}
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "fotbot"}}
    await api.create({**secret, "stringData": secrets}, NAMESPACE)


def _values(telegram: str) -> dict[str, Any]:
    small = {"requests": {"cpu": "50m", "memory": "64Mi"}, "limits": {"memory": "400Mi"}}
    image = {"repository": "localhost/fotbot", "tag": "dev", "pullPolicy": "Never"}
    store = {"requests": {"cpu": "50m", "memory": "64Mi"}, "limits": {"memory": "512Mi"}}
    return {
        "image": image,
        "config": {
            "webhookUrl": "https://fotbot.example/telegram/webhook",
            "telegramApiUrl": telegram,
            "adminTgIds": ADMINS,
            "rateLimitMax": 10_000,
            "sendRateMax": 0,
            "sendChatRateMax": 0,
        },
        "database": {"replica": True},
        "demo": {
            "enabled": True,
            "postgres": {
                "image": "localhost/fotbot-postgres:dev",
                "runAsUser": 65532,
                "resources": store,
            },
            "valkey": {"image": "localhost/fotbot-valkey:dev", "resources": store},
        },
        "defaults": {"replicas": 1, "autoscaling": {"enabled": False}, "resources": small},
        **{role: {"resources": small} for role in ("gateway", "sender", "sessions", "teams")},
        **{role: {"resources": small} for role in ("sessionsWorker", "teamsWorker")},
    }


async def lead_telegram(fleet: Fleet) -> None:
    """The local Telegram brings updates to the gateway's Service."""
    await telegram_told(fleet, "setWebhook", url=fleet.webhook, secret_token=SECRET)


async def telegram_told(fleet: Fleet, method: str, **fields: Any) -> Any:
    """The result of a call of the Bot API."""
    url = f"http://{LOOPBACK}:{fleet.telegram.port}/bot{TOKEN}/{method}"
    async with fleet.telegram.http.post(url, json=fields) as response:
        assert response.status == 200, await response.text()
        return (await response.json())["result"]


def _kubectl(plane: ControlPlane) -> tuple[str, ...]:
    return (str(binary("kubectl")), f"--kubeconfig={plane.kubeconfig}", "-n", NAMESPACE)


async def _state(plane: ControlPlane) -> str:
    """What a person would look at first."""
    kubectl = _kubectl(plane)
    pods = await told(*kubectl, "get", "pods", "-o", "wide", env=os.environ)
    events = await told(*kubectl, "get", "events", "--sort-by=.lastTimestamp", env=os.environ)
    logs = ""
    for pod in json.loads(await told(*kubectl, "get", "pods", "-o", "json", env=os.environ))[
        "items"
    ]:
        name = pod["metadata"]["name"]
        try:
            logs += f"== {name}\n" + await told(*kubectl, "logs", name, "--tail=8", env=os.environ)
        except AssertionError as refused:
            logs += f"== {name}: {str(refused)[-200:]}\n"
    return f"{pods}\n{events[-6000:]}\n{logs}"
