"""A cluster for the whole run, a namespace and a Helm for each test."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from services.local.supervisor import Supervisor
from tests.k8s.cluster import foreign
from tests.k8s.cluster.binaries import no_control_plane
from tests.k8s.cluster.cluster import Cluster, running
from tests.k8s.cluster.helm import Helm


@dataclass(frozen=True, slots=True, kw_only=True)
class Namespace:
    """A namespace of one test's own, where only what Pod Security calls restricted may run."""

    name: str
    cluster: Cluster

    @property
    def path(self) -> str:
        """Of the namespace itself."""
        return f"/api/v1/namespaces/{self.name}"

    def within(self, kind: str, name: str = "") -> str:
        """The path of a namespaced resource: "apps/v1/deployments", "v1/pods"."""
        group_version, _, plural = kind.rpartition("/")
        root = "/apis" if "/" in group_version else "/api"
        end = f"/{name}" if name else ""
        return f"{root}/{group_version}/namespaces/{self.name}/{plural}{end}"

    async def service_account(self, name: str) -> Path:
        """A kubeconfig with a token of that account."""
        return await self.cluster.service_account(self.name, name)


@pytest_asyncio.fixture(scope="session")
async def cluster(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Cluster]:
    """Started by the first test that asks; skips where it has not been built."""
    if reason := no_control_plane():
        pytest.skip(reason)
    folder = tmp_path_factory.mktemp("cluster")
    async with (
        Supervisor(folder / "logs") as supervisor,
        running(folder / "state", supervisor) as cluster,
    ):
        yield cluster


@pytest_asyncio.fixture
async def namespace(cluster: Cluster) -> AsyncIterator[Namespace]:
    """Fresh, and deleted after the test (not waited for: nobody uses its name again)."""
    name = f"test-{secrets.token_hex(4)}"
    labels = {"pod-security.kubernetes.io/enforce": "restricted"}
    metadata = {"name": name, "labels": labels}
    await cluster.api.create({"apiVersion": "v1", "kind": "Namespace", "metadata": metadata})
    made = Namespace(name=name, cluster=cluster)
    yield made
    await cluster.api.delete(made.path)


@pytest.fixture
def helm(cluster: Cluster, tmp_path: Path) -> Helm:
    """Helm as the cluster's administrator."""
    return Helm(tmp_path, cluster.kubeconfig)


@pytest_asyncio.fixture(scope="session")
async def foreign_kinds(cluster: Cluster) -> None:
    """CloudNativePG's, KEDA's, cert-manager's and so on: definitions alone."""
    await foreign.install(cluster.api)
