"""One whole cluster: a control plane, nodes without containers, metrics that a test feeds."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from services.local.supervisor import Supervisor
from tests.k8s.cluster.api import Api
from tests.k8s.cluster.control_plane import ControlPlane
from tests.k8s.cluster.figures import Figures
from tests.k8s.cluster.kubeconfig import Place, write
from tests.k8s.cluster.nodes import ZONES

READY_SECONDS = 120.0
"""On a machine that compiles at the same time; some five on an idle one."""


class Cluster:
    """What tests do with it. Processes are its supervisor's."""

    def __init__(self, plane: ControlPlane, api: Api, supervisor: Supervisor) -> None:
        self.api = api
        self.figures = Figures(plane.folder)
        self.folder = plane.folder
        self.kubeconfig: Path = plane.kubeconfig
        """Of an administrator."""
        self.place: Place = plane.place
        self.supervisor = supervisor
        self._plane = plane

    def user(self, name: str, *groups: str) -> Path:
        """A kubeconfig with a client certificate for this user in these groups, as a kubelet's
        `system:node:<name>` in `system:nodes`."""
        file = self.folder / f"user-{name.replace(':', '-')}"
        return write(file, self.place, self._plane.authority.client(name, *groups))

    async def service_account(self, namespace: str, name: str) -> Path:
        """A kubeconfig with a token of this service account, which must exist. For an hour."""
        path = f"/api/v1/namespaces/{namespace}/serviceaccounts/{name}/token"
        request = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}}
        answer = await self.api.call("POST", path, request)
        file = self.folder / f"account-{namespace}-{name}"
        return write(file, self.place, str(answer["status"]["token"]), namespace)

    async def stop_api_server(self) -> None:
        """Nobody answers until `start_api_server`; what is stored stays."""
        await self.supervisor.stop("kube-apiserver")

    async def start_api_server(self) -> None:
        """At the same address as before."""
        await self.supervisor.start(self._plane.api_server(), timeout=READY_SECONDS)


@asynccontextmanager
async def running(folder: Path, supervisor: Supervisor) -> AsyncIterator[Cluster]:
    """A cluster whose files are under `folder`, from ready to ended."""
    plane = await asyncio.to_thread(ControlPlane, folder)
    (folder / "metrics.port").write_text(str(plane.ports.metrics))
    await supervisor.start(plane.etcd(), timeout=READY_SECONDS)
    await supervisor.start(plane.api_server(), timeout=READY_SECONDS)
    rest = (plane.controllers(), plane.scheduler(), plane.stand_in())
    await supervisor.start(*rest, timeout=READY_SECONDS)
    async with Api.of(plane.kubeconfig) as api:
        await _settled(api)
        yield Cluster(plane, api, supervisor)


async def _settled(api: Api) -> None:
    """Nodes take pods, and namespaces get their first service account."""
    for zone in ZONES:
        await api.until(
            f"/api/v1/nodes/node-{zone}",
            lambda node: node and not node["spec"].get("taints"),
            READY_SECONDS,
        )
    account = "/api/v1/namespaces/default/serviceaccounts/default"
    await api.until(account, bool, READY_SECONDS)
