"""This machine as a node: containerd and a kubelet on a control plane of tests/k8s/cluster, pods on
a bridge of their own. What the kubelet changes in the kernel is put back.

No kube-proxy: nothing here has a virtual address, since all of the product's Services but the
gateway's are headless; names are names.py's, the way to the gateway is front_door.py's.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from services.local.process import Process
from services.local.supervisor import Supervisor
from tests.compose.telegram_beside import told
from tests.k8s.cluster.binaries import binary
from tests.k8s.cluster.control_plane import ControlPlane
from tests.k8s.cluster.kubeconfig import write

BRIDGE, GATEWAY, PODS = "fotbot0", "10.250.0.1", "10.250.0.0/16"
NODE = "worker"
# Short: sockets are in it, and a socket's path may have 107 bytes.
HOME = Path("/var/lib/fotbot-node")
SOCKET = HOME / "containerd.sock"
PAUSE = "localhost/fotbot-pause:dev"
SYSCTLS = ("vm/overcommit_memory", "vm/panic_on_oom", "kernel/panic", "kernel/panic_on_oops")
NEEDED = ("containerd", "runc", "podman", "ip")
CNI = Path("/usr/lib/cni")


def why_not() -> str | None:
    """Why this machine cannot be a node, in one sentence; None when it can."""
    if os.geteuid():
        return "a kubelet needs root"
    missing = [name for name in NEEDED if not shutil.which(name)]
    if missing or not (CNI / "bridge").exists():
        missing += [] if (CNI / "bridge").exists() else ["containernetworking-plugins"]
        return f"not here: {', '.join(missing)} (Debian: apt-get install containerd runc podman)"
    return None


@asynccontextmanager
async def machine(plane: ControlPlane, supervisor: Supervisor) -> AsyncIterator[None]:
    """The node is registered and takes pods while the block runs."""
    await _clear()
    os.makedirs(HOME, exist_ok=True)
    with _kernel_as_it_was():
        await _bridge()
        try:
            await supervisor.start(_containerd(), timeout=60)
            await _load_pause()
            await supervisor.start(_kubelet(plane), timeout=120)
            yield
        finally:
            await supervisor.stop("kubelet")
            await _end_containers()
            await supervisor.stop("containerd")
            await _clear()


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
            "webhook": {"enabled": False},
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
        "clusterDNS": [GATEWAY],
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


async def _clear() -> None:
    """What a run leaves or a run that was cut off has left: mounts, the bridge, the folder."""
    mounts = await told("cat", "/proc/mounts", env=os.environ)
    for mount in sorted(line.split()[1] for line in mounts.splitlines())[::-1]:
        if mount.startswith(f"{HOME}/"):
            await told("umount", "-l", mount, env=os.environ)
    if BRIDGE in await told("ip", "-brief", "link", env=os.environ):
        await told("ip", "link", "del", BRIDGE, env=os.environ)
    shutil.rmtree(HOME, ignore_errors=True)


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


def _ctr(*arguments: str) -> tuple[str, ...]:
    return ("ctr", "-a", str(SOCKET), "-n", "k8s.io", *arguments)
