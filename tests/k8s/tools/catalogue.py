"""Which Kubernetes tools the tests use, in which version, and where a built one is kept.

What stands in go.mod beside this file is built from there; the rest by `go install` at a version.
"""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path

MODULE = Path(__file__).parent
KUBERNETES = re.search(r"k8s\.io/kubernetes v([\d.]+)", (MODULE / "go.mod").read_text())


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """One executable."""

    name: str
    package: str

    version: str | None = None
    """None: the one that go.mod names."""

    stamps: tuple[str, ...] = ()
    """What `-X` of the linker sets, so that the tool knows its own version."""

    @property
    def path(self) -> Path:
        """Where it is once it has been built."""
        folder = pinned() if self.version is None else f"{self.name}@{self.version}"
        return cache() / folder / self.name


def cache() -> Path:
    """The folder of everything that was built, of every version."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "fotbot"


def pinned() -> str:
    """The name of what go.mod and go.sum pin: another one as soon as they change."""
    return hashlib.sha256((MODULE / "go.sum").read_bytes()).hexdigest()[:16]


def _of_kubernetes(name: str) -> Tool:
    assert KUBERNETES is not None
    version = KUBERNETES[1]
    about = "k8s.io/component-base/version"
    return Tool(
        name=name,
        package=f"k8s.io/kubernetes/cmd/{name}",
        stamps=(
            f"{about}.gitVersion=v{version}",
            f"{about}.gitMajor=1",
            f"{about}.gitMinor={version.split('.')[1]}",
        ),
    )


CONTROL_PLANE = ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler")
NODE = ("kubelet", "kube-proxy", "coredns", "metrics-server")
"""What a node of tests/k8s/node is made of, beside containerd."""

TOOLS = {
    tool.name: tool
    for tool in (
        Tool(
            name="helm",
            package="helm.sh/helm/v4/cmd/helm",
            version="v4.3.1",
            stamps=("helm.sh/helm/v4/internal/version.version=v4.3.1",),
        ),
        Tool(name="etcd", package="go.etcd.io/etcd/server/v3"),
        _of_kubernetes("kube-apiserver"),
        _of_kubernetes("kube-controller-manager"),
        _of_kubernetes("kube-scheduler"),
        _of_kubernetes("kubelet"),
        _of_kubernetes("kube-proxy"),
        _of_kubernetes("kubectl"),
        Tool(
            name="metrics-server",
            package="sigs.k8s.io/metrics-server/cmd/metrics-server",
            version="v0.9.0",
        ),
        Tool(name="coredns", package="github.com/coredns/coredns", version="v1.15.0"),
        Tool(
            name="kube-score",
            package="github.com/zegl/kube-score/cmd/kube-score",
            version="v1.20.0",
        ),
    )
}
