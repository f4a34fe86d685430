"""What a cluster brings with it, running on the node: CoreDNS and metrics-server, as built by
tests/k8s/tools, in pods of in_cluster.yaml."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import yaml

from tests.compose.telegram_beside import told
from tests.k8s.cluster.api import Api, Object
from tests.k8s.cluster.binaries import binary
from tests.k8s.node.machine import load

MANIFESTS = Path(__file__).with_suffix(".yaml")
IMAGE = "localhost/fotbot-in-cluster:dev"
PROGRAMS = ("coredns", "metrics-server")
FIGURES = "/apis/metrics.k8s.io/v1beta1"
READY_SECONDS = 180.0


async def bring_in(api: Api, folder: Path) -> None:
    """Returns once names are answered and figures are told."""
    await _image(folder)
    for made in yaml.safe_load_all(MANIFESTS.read_text()):
        await api.apply(made)
    for name in PROGRAMS:
        path = f"/apis/apps/v1/namespaces/kube-system/deployments/{name}"
        await api.until(path, lambda it: it["status"].get("readyReplicas") == 1, READY_SECONDS)
    path = "/apis/apiregistration.k8s.io/v1/apiservices/v1beta1.metrics.k8s.io"
    await api.until(path, _is_available, READY_SECONDS)


def _is_available(service: Object) -> bool:
    conditions = service.get("status", {}).get("conditions") or ()
    return any(it["type"] == "Available" and it["status"] == "True" for it in conditions)


async def _image(folder: Path) -> None:
    """Nothing but the two: neither needs anything of a system."""
    recipe = folder / "in-cluster"
    recipe.mkdir()
    for name in PROGRAMS:
        shutil.copy(binary(name), recipe / name)
    (recipe / "Dockerfile").write_text(f"FROM scratch\nCOPY {' '.join(PROGRAMS)} /\n")
    await told("podman", "build", "-q", "-t", IMAGE, str(recipe), env=os.environ)
    await load(IMAGE)
    shutil.rmtree(recipe)
