"""How the operator shows who it is to the API server: by its ServiceAccount's token, which the
kubelet renews on disk, or by a kubeconfig where there is no pod around it."""

import os
from pathlib import Path

import kopf

IN_CLUSTER = "https://kubernetes.default.svc"


def connection(account: Path, settings: kopf.OperatorSettings) -> kopf.ConnectionInfo:
    """Credentials as they are now. Raises kopf.LoginError when there are none."""
    token = account / "token"
    if token.exists():
        authority, namespace = account / "ca.crt", account / "namespace"
        return kopf.ConnectionInfo(
            server=_server(),
            ca_path=authority if authority.exists() else None,
            token=token.read_text().strip(),
            default_namespace=namespace.read_text().strip() if namespace.exists() else None,
        )
    found = kopf.login_with_kubeconfig(settings=settings)
    if found is None:
        raise kopf.LoginError("neither a ServiceAccount's token nor a kubeconfig is here")
    return found


def _server() -> str:
    """The address that the kubelet tells, which needs no DNS."""
    host, port = (
        os.environ.get("KUBERNETES_SERVICE_HOST"),
        os.environ.get("KUBERNETES_SERVICE_PORT"),
    )
    if not host or not port:
        return IN_CLUSTER
    return f"https://[{host}]:{port}" if ":" in host else f"https://{host}:{port}"
