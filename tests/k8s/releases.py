"""Our two charts on a cluster, and what the tests look at there."""

from __future__ import annotations

from tests.k8s.cluster.api import Api, Object
from tests.k8s.cluster.helm import CHARTS, Helm

FOTBOT = str(CHARTS / "fotbot")
OPERATOR = str(CHARTS / "fotbot-operator")
ROLES = ("gateway", "sender", "users", "sessions", "teams", "sessions-worker", "teams-worker")
WAIT = ("--wait", "--timeout", "4m")

COMPONENT = "app.kubernetes.io/component"


QUICK = ("--set", "defaults.minReadySeconds=0")
"""Stand-in nodes gain nothing from waiting."""

KEDA = ("--set", "keda.enabled=true", "--set", "monitoring.podMonitor.enabled=true")


async def install(helm: Helm, namespace: str, *more: str) -> None:
    """The system, and waited for."""
    await helm("install", "fotbot", FOTBOT, "-n", namespace, *WAIT, *QUICK, *more)


async def upgrade(helm: Helm, namespace: str, *more: str) -> None:
    """The same release with other values."""
    await helm("upgrade", "fotbot", FOTBOT, "-n", namespace, *WAIT, *QUICK, *more)


async def deployments(api: Api, namespace: str) -> dict[str, Object]:
    """The system's, by role."""
    items = await api.items(
        f"/apis/apps/v1/namespaces/{namespace}/deployments", "app.kubernetes.io/name=fotbot"
    )
    return {item["metadata"]["labels"][COMPONENT]: item for item in items}


async def pods(api: Api, namespace: str, role: str) -> list[Object]:
    """Those of a role that are not about to go."""
    items = await api.items(f"/api/v1/namespaces/{namespace}/pods", f"{COMPONENT}={role}")
    return [item for item in items if not item["metadata"].get("deletionTimestamp")]


async def replicas(api: Api, namespace: str) -> dict[str, int]:
    """How many of each role are wanted."""
    found = await deployments(api, namespace)
    return {role: one["spec"]["replicas"] for role, one in found.items()}


async def images(api: Api, namespace: str) -> set[str]:
    """All that the system's deployments run."""
    found = await deployments(api, namespace)
    specs = [one["spec"]["template"]["spec"] for one in found.values()]
    return {container["image"] for spec in specs for container in spec["containers"]}
