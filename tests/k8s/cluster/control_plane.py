"""The processes of a Kubernetes control plane, as values: what each is started with, and when it
is ready. Everything is on loopback, but for an API server that pods are to reach, and durable only
as long as its folder."""

from __future__ import annotations

import os
import ssl
import sys
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from services.local.ports import free_port
from services.local.process import LOOPBACK, Process, Ready, answers_http
from tests.k8s.cluster.authority import Authority, Certificate
from tests.k8s.cluster.kubeconfig import Place, write
from tests.k8s.tools.catalogue import TOOLS

ASKING = aiohttp.ClientTimeout(total=2.0)
ROOT = Path(__file__).parents[3]
IN_CLUSTER = "kubernetes.default.svc"
SERVICES, FIRST_SERVICE = "10.96.0.0/16", "10.96.0.1"
"""The addresses of Services; the API server's own is the first one."""

QUICK_SCALING = (
    "--horizontal-pod-autoscaler-sync-period=2s",
    "--horizontal-pod-autoscaler-cpu-initialization-period=1s",
    "--horizontal-pod-autoscaler-initial-readiness-delay=1s",
)
"""The usual ones (15 s, 5 min, 30 s) make no difference to what is decided, only to when."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """One each, free a moment ago."""

    etcd: int
    etcd_peers: int
    api: int
    controllers: int
    scheduler: int
    metrics: int

    @classmethod
    def free(cls) -> Ports:
        """Six of them."""
        return cls(**{name: free_port() for name in cls.__dataclass_fields__})


class ControlPlane:
    """The processes of one cluster, whose files are all under `folder`."""

    def __init__(self, folder: Path, address: str = LOOPBACK) -> None:
        """`address` is where the API server listens; pods find it there if it is not loopback."""
        self.folder = folder
        self.address = address
        self.ports = Ports.free()
        self.authority = Authority(folder / "pki")
        url = f"https://{address}:{self.ports.api}"
        self.place = Place(url=url, ca=self.authority.certificate)
        self.tokens_key = self.authority.signing_key("tokens")
        places = {LOOPBACK, address, FIRST_SERVICE}
        names = (*(f"IP:{it}" for it in sorted(places)), "DNS:localhost", f"DNS:{IN_CLUSTER}")
        self.serving = self.authority.serving("serving", *names)
        self.front_proxy = self.authority.client("front-proxy")
        self.admin = self.authority.client("admin", "system:masters")
        self.kubeconfig = write(folder / "kubeconfig", self.place, self.admin)

    def etcd(self) -> Process:
        """The store. Nothing is flushed to disk: nobody outlives it."""
        clients, peers = (
            f"http://{LOOPBACK}:{port}" for port in (self.ports.etcd, self.ports.etcd_peers)
        )
        return self._process(
            "etcd",
            f"--data-dir={self.folder / 'etcd'}",
            f"--listen-client-urls={clients}",
            f"--advertise-client-urls={clients}",
            f"--listen-peer-urls={peers}",
            f"--initial-advertise-peer-urls={peers}",
            f"--initial-cluster=default={peers}",
            "--unsafe-no-fsync",
            ready=answers_http(self.ports.etcd, "/health"),
        )

    def api_server(self) -> Process:
        """With RBAC and the node authorizer, and aggregation for the metrics of stand_in.py."""
        ca, tokens = self.authority.certificate, self.tokens_key
        kubelet = self.authority.client("kube-apiserver-kubelet-client", "system:masters")
        return self._process(
            "kube-apiserver",
            f"--etcd-servers=http://{LOOPBACK}:{self.ports.etcd}",
            f"--secure-port={self.ports.api}",
            f"--bind-address={self.address}",
            f"--advertise-address={self.address}",
            # An endpoint on loopback is none.
            f"--endpoint-reconciler-type={'none' if self.address == LOOPBACK else 'lease'}",
            f"--service-cluster-ip-range={SERVICES}",
            *_pair("tls-cert-file", "tls-private-key-file", self.serving),
            f"--client-ca-file={ca}",
            "--authorization-mode=Node,RBAC",
            f"--service-account-issuer=https://{IN_CLUSTER}",
            f"--service-account-signing-key-file={tokens}",
            f"--service-account-key-file={tokens}",
            f"--requestheader-client-ca-file={ca}",
            "--requestheader-allowed-names=front-proxy",
            "--requestheader-username-headers=X-Remote-User",
            "--requestheader-group-headers=X-Remote-Group",
            "--requestheader-extra-headers-prefix=X-Remote-Extra-",
            *_pair("proxy-client-cert-file", "proxy-client-key-file", self.front_proxy),
            "--enable-aggregator-routing=false",
            *_pair("kubelet-client-certificate", "kubelet-client-key", kubelet),
            "--kubelet-preferred-address-types=InternalIP",
            ready=answers_https(self.ports.api, "/readyz", self.admin, self.address),
        )

    def controllers(self) -> Process:
        """Every controller there is, the autoscaler's in a hurry."""
        return self._process(
            "kube-controller-manager",
            f"--kubeconfig={self.kubeconfig}",
            "--leader-elect=false",
            f"--bind-address={LOOPBACK}",
            f"--secure-port={self.ports.controllers}",
            f"--cert-dir={self.folder / 'controllers'}",
            f"--root-ca-file={self.authority.certificate}",
            f"--service-account-private-key-file={self.tokens_key}",
            *QUICK_SCALING,
            ready=answers_https(self.ports.controllers, "/healthz"),
        )

    def scheduler(self) -> Process:
        """Places pods on whatever nodes say that they are ready."""
        return self._process(
            "kube-scheduler",
            f"--kubeconfig={self.kubeconfig}",
            "--leader-elect=false",
            f"--bind-address={LOOPBACK}",
            f"--secure-port={self.ports.scheduler}",
            f"--cert-dir={self.folder / 'scheduler'}",
            ready=answers_https(self.ports.scheduler, "/healthz"),
        )

    def stand_in(self) -> Process:
        """Nodes without containers, and the metrics that a test feeds."""
        return Process(
            name="stand-in",
            command=(sys.executable, "-m", "tests.k8s.cluster.stand_in", str(self.folder)),
            env={**_environment(self.folder), "PYTHONPATH": str(ROOT)},
            ports={"https": self.ports.metrics},
            ready=answers_https(self.ports.metrics, "/readyz"),
        )

    def _process(self, name: str, *flags: str, ready: Ready) -> Process:
        return Process(
            name=name,
            command=(str(TOOLS[name].path), *flags),
            env=_environment(self.folder),
            ready=ready,
        )


def answers_https(
    port: int, path: str, who: Certificate | None = None, host: str = LOOPBACK
) -> Ready:
    """Ready when GET `path` answers 200, whoever signed for the server."""

    async def ready() -> bool:
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        if who is not None:
            context.load_cert_chain(who.certificate, who.key)
        try:
            async with (
                aiohttp.ClientSession(timeout=ASKING) as session,
                session.get(f"https://{host}:{port}{path}", ssl=context) as answer,
            ):
                return answer.status == 200
        except (OSError, TimeoutError, aiohttp.ClientError):
            return False

    return ready


def _pair(certificate_flag: str, key_flag: str, who: Certificate) -> tuple[str, str]:
    return f"--{certificate_flag}={who.certificate}", f"--{key_flag}={who.key}"


def _environment(folder: Path) -> dict[str, str]:
    return {"HOME": str(folder), "PATH": os.environ.get("PATH", "")}
