"""The pods' network on this machine: a bridge, and kube-proxy's way from a Service's address to its
pods. What is changed in the kernel for it, and by the kubelet, is put back."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from services.local.ports import free_port
from services.local.process import LOOPBACK, Process, answers_http
from tests.compose.telegram_beside import told
from tests.k8s.cluster.binaries import binary
from tests.k8s.cluster.control_plane import ControlPlane
from tests.k8s.cluster.kubeconfig import write

BRIDGE, GATEWAY, PODS = "fotbot0", "10.250.0.1", "10.250.0.0/16"
NAMES = "10.96.0.10"
"""The address of the cluster's DNS."""

# Short: sockets are in it, and a socket's path may have 107 bytes.
HOME = Path("/var/lib/fotbot-node")
SYSCTLS = ("vm/overcommit_memory", "vm/panic_on_oom", "kernel/panic", "kernel/panic_on_oops")
NAMESPACES = Path("/run/netns")


@asynccontextmanager
async def network() -> AsyncIterator[None]:
    """The bridge is there, with GATEWAY on it; nothing is left of anything after the block."""
    await _clear()
    os.makedirs(HOME, exist_ok=True)
    others = _pods_namespaces()
    with _kernel_as_it_was():
        try:
            await _bridge()
            yield
        finally:
            await _clear()
            for left in _pods_namespaces() - others:
                await told("ip", "netns", "del", left, env=os.environ)


def proxy(plane: ControlPlane, node: str) -> Process:
    """What makes the addresses of Services lead to pods."""
    who = plane.authority.client("system:kube-proxy")
    health = free_port()
    config = {
        "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
        "kind": "KubeProxyConfiguration",
        "clientConnection": {"kubeconfig": str(write(HOME / "proxy", plane.place, who))},
        "hostnameOverride": node,
        "mode": "nftables",
        # Both ends may be on the bridge: answers must come back through here all the same.
        "nftables": {"masqueradeAll": True, "minSyncPeriod": "0s", "syncPeriod": "30s"},
        "clusterCIDR": PODS,
        "healthzBindAddress": f"{LOOPBACK}:{health}",
        "metricsBindAddress": f"{LOOPBACK}:{free_port()}",
        "oomScoreAdj": 0,
        # The kernel's own limits stay.
        "conntrack": {
            "maxPerCore": 0,
            "min": 0,
            "tcpEstablishedTimeout": "0s",
            "tcpCloseWaitTimeout": "0s",
        },
    }
    (HOME / "proxy.json").write_text(json.dumps(config))
    return Process(
        name="kube-proxy",
        command=(str(binary("kube-proxy")), f"--config={HOME / 'proxy.json'}"),
        env=dict(os.environ),
        ready=answers_http(health, "/healthz"),
    )


async def _bridge() -> None:
    await told("ip", "link", "add", BRIDGE, "type", "bridge", env=os.environ)
    await told("ip", "addr", "add", f"{GATEWAY}/16", "dev", BRIDGE, env=os.environ)
    await told("ip", "link", "set", BRIDGE, "up", env=os.environ)
    network = {
        "cniVersion": "0.4.0",
        "name": "fotbot",
        "plugins": [
            {
                "type": "bridge",
                "bridge": BRIDGE,
                "isGateway": True,
                "ipMasq": False,
                "hairpinMode": True,
                "ipam": {
                    "type": "host-local",
                    "ranges": [[{"subnet": PODS, "gateway": GATEWAY}]],
                    "routes": [{"dst": "0.0.0.0/0"}],
                    "dataDir": str(HOME / "addresses"),
                },
            }
        ],
    }
    (HOME / "cni").mkdir(exist_ok=True)
    (HOME / "cni" / "10-fotbot.conflist").write_text(json.dumps(network))


async def _clear() -> None:
    """What a run leaves or a run that was cut off has left: mounts, the bridge, the folder."""
    mounts = await told("cat", "/proc/mounts", env=os.environ)
    for mount in sorted(line.split()[1] for line in mounts.splitlines())[::-1]:
        if mount.startswith(f"{HOME}/"):
            await told("umount", "-l", mount, env=os.environ)
    if BRIDGE in await told("ip", "-brief", "link", env=os.environ):
        await told("ip", "link", "del", BRIDGE, env=os.environ)
    ruled = await told("nft", "list", "tables", env=os.environ)
    for family in ("ip", "ip6"):
        if f"table {family} kube-proxy\n" in ruled:
            await told("nft", "delete", "table", family, "kube-proxy", env=os.environ)
    shutil.rmtree(HOME, ignore_errors=True)


def _pods_namespaces() -> set[str]:
    return {file.name for file in NAMESPACES.glob("cni-*")}


@contextmanager
def _kernel_as_it_was() -> Iterator[None]:
    files = [Path("/proc/sys") / name for name in SYSCTLS]
    before = {file: file.read_text() for file in files}
    try:
        yield
    finally:
        for file, value in before.items():
            if file.read_text() != value:
                file.write_text(value)
