"""Files that tell kubectl, Helm and kopf where the API server is and who they are."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.k8s.cluster.authority import Certificate

Who = Certificate | str
"""A client certificate, or a token."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An API server."""

    url: str
    ca: Path


def write(file: Path, place: Place, who: Who, namespace: str = "default") -> Path:
    """A kubeconfig with one context; JSON is YAML."""
    cluster = {"server": place.url, "certificate-authority": str(place.ca)}
    context = {"cluster": "test", "user": "test", "namespace": namespace}
    content = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "test", "cluster": cluster}],
        "users": [{"name": "test", "user": _user(who)}],
        "contexts": [{"name": "test", "context": context}],
        "current-context": "test",
    }
    file.touch(mode=0o600)  # Helm warns about one that others may read.
    file.write_text(json.dumps(content, indent=1))
    return file


def read(file: Path) -> tuple[Place, Who]:
    """What `write` wrote."""
    content: dict[str, Any] = json.loads(file.read_text())
    cluster, user = content["clusters"][0]["cluster"], content["users"][0]["user"]
    place = Place(url=cluster["server"], ca=Path(cluster["certificate-authority"]))
    if "token" in user:
        return place, str(user["token"])
    files = (Path(user["client-certificate"]), Path(user["client-key"]))
    return place, Certificate(certificate=files[0], key=files[1])


def _user(who: Who) -> dict[str, str]:
    if isinstance(who, str):
        return {"token": who}
    return {"client-certificate": str(who.certificate), "client-key": str(who.key)}
