"""This machine as a node: containerd, a kubelet and a kube-proxy on a control plane of
tests/k8s/cluster. The pods' network is network.py's, names and figures are in_cluster.py's."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from services.local.process import Process
from services.local.supervisor import Supervisor
from tests.compose.telegram_beside import told
from tests.k8s.cluster.binaries import binary
from tests.k8s.cluster.control_plane import ControlPlane
from tests.k8s.cluster.kubeconfig import write
from tests.k8s.node.network import HOME, NAMES, proxy

NODE = "worker"
SOCKET = HOME / "containerd.sock"
PAUSE = "localhost/fotbot-pause:dev"
NEEDED = ("containerd", "runc", "podman", "ip", "nft")
CNI = Path("/usr/lib/cni")
# Of all pods together; without it they weigh as much as one process of this machine, and whatever
# else runs here starves them.
WEIGHT = Path("/sys/fs/cgroup/cpu/k8s.io/cpu.shares")
PODS_WEIGHT = "16384"


def why_not() -> str | None:
    """Why this machine cannot be a node, in one sentence; None when it can."""
    if os.geteuid():
        return "a kubelet needs root"
    missing = [name for name in NEEDED if not shutil.which(name)]
    if missing or not (CNI / "bridge").exists():
        missing += [] if (CNI / "bridge").exists() else ["containernetworking-plugins"]
        wanted = "containerd runc podman nftables"
        return f"not here: {', '.join(missing)} (Debian: apt-get install {wanted})"
    return None


@asynccontextmanager
async def machine(plane: ControlPlane, supervisor: Supervisor) -> AsyncIterator[None]:
    """The node is registered and takes pods while the block runs. Needs the network."""
    try:
        _weigh()
        await supervisor.start(_containerd(), timeout=60)
        await _load_pause()
        await supervisor.start(_kubelet(plane), proxy(plane, NODE), timeout=120)
        yield
    finally:
        await supervisor.stop("kubelet")
        await supervisor.stop("kube-proxy")
        await _end_containers()
        await supervisor.stop("containerd")


def _weigh() -> None:
    if WEIGHT.parents[1].exists():  # cgroup v1
        WEIGHT.parent.mkdir(exist_ok=True)
        WEIGHT.write_text(PODS_WEIGHT)


async def load(*images: str) -> None:
    """Gives containerd images that podman has."""
    file = HOME / "images.tar"
    await told("podman", "save", "-q", "-m", "-o", str(file), *images, env=os.environ)
    await told(*_ctr("images", "import", str(file)), env=os.environ)
    file.unlink()


def address() -> str:
    """Of this machine, where others reach it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))
        return str(probe.getsockname()[0])


async def _load_pause() -> None:
    """What holds a pod's network; nothing is fetched for it."""
    recipe = HOME / "pause"
    recipe.write_text('FROM fotbot-base:bookworm\nENTRYPOINT ["sleep", "infinity"]\n')
    build = ("build", "-q", "-f", str(recipe), "-t", PAUSE, str(HOME / "empty"))
    (HOME / "empty").mkdir(exist_ok=True)
    await told("podman", *build, env=os.environ)
    await load(PAUSE)


def _containerd() -> Process:
    config = HOME / "containerd.toml"
    config.write_text(f"""version = 2
root = "{HOME}/containerd"
state = "{HOME}/state"
[grpc]
  address = "{SOCKET}"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "{PAUSE}"
  restrict_oom_score_adj = true
  disable_apparmor = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "{CNI}"
    conf_dir = "{HOME}/cni"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
      SystemdCgroup = false
""")

    async def ready() -> bool:
        asking = await asyncio.create_subprocess_exec(
            *_ctr("version"), stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
        )
        return await asking.wait() == 0

    command = ("containerd", "--config", str(config))
    return Process(name="containerd", command=command, env=dict(os.environ), ready=ready)


def _kubelet(plane: ControlPlane) -> Process:
    who = plane.authority.client(f"system:node:{NODE}", "system:nodes")
    kubeconfig = write(HOME / "kubeconfig", plane.place, who)
    config = {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "authentication": {
            "anonymous": {"enabled": False},
            # By it metrics-server's token is believed.
            "webhook": {"enabled": True},
            "x509": {"clientCAFile": str(plane.authority.certificate)},
        },
        "authorization": {"mode": "AlwaysAllow"},
        "containerRuntimeEndpoint": f"unix://{SOCKET}",
        "cgroupDriver": "cgroupfs",
        "cgroupsPerQOS": False,
        "enforceNodeAllocatable": [],
        "failCgroupV1": False,
        "failSwapOn": False,
        "makeIPTablesUtilChains": False,
        "localStorageCapacityIsolation": False,
        "oomScoreAdj": 0,
        "clusterDNS": [NAMES],
        "clusterDomain": "cluster.local",
        "resolvConf": "/etc/resolv.conf",
        "evictionHard": {"memory.available": "200Mi"},
        "imageGCHighThresholdPercent": 100,
        "syncFrequency": "5s",
        "housekeepingInterval": "5s",
        "volumePluginDir": str(HOME / "volume-plugins"),
        "podLogsDir": "/var/log/pods",
    }
    (HOME / "kubelet.json").write_text(json.dumps(config))
    command = (
        *(str(binary("kubelet")), f"--config={HOME / 'kubelet.json'}"),
        *(f"--kubeconfig={kubeconfig}", f"--root-dir={HOME / 'kubelet'}"),
        *(f"--cert-dir={HOME / 'pki'}", f"--hostname-override={NODE}", f"--node-ip={address()}"),
    )

    async def ready() -> bool:
        asking = ("kubectl", f"--kubeconfig={plane.kubeconfig}", "get", "node", NODE, "-o")
        query = "jsonpath={.status.conditions[?(@.type=='Ready')].status}"
        process = await asyncio.create_subprocess_exec(
            str(binary("kubectl")),
            *asking[1:],
            query,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        said, _ = await process.communicate()
        return said == b"True"

    return Process(name="kubelet", command=command, env=dict(os.environ), ready=ready, patience=20)


async def _end_containers() -> None:
    """The kubelet leaves its pods running when it ends; nobody else would end them."""
    words = await told(*_ctr("tasks", "list", "-q"), env=os.environ)
    for task in words.split():
        await asyncio.create_subprocess_exec(*_ctr("tasks", "kill", "-s", "9", task))
    await asyncio.sleep(1.0)
    for task in words.split():
        ending = await asyncio.create_subprocess_exec(
            *_ctr("tasks", "delete", "-f", task),
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        await ending.wait()


def _ctr(*arguments: str) -> tuple[str, ...]:
    return ("ctr", "-a", str(SOCKET), "-n", "k8s.io", *arguments)
