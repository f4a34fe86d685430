"""The objects of the operator's namespace, as far as it may touch them: what it reads, and the
three fields it writes (a bot's status and finalizers, an autoscaler's floor)."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from k8s.bot_operator.api import Api, ApiFault
from k8s.bot_operator.lifecycle import FINALIZER
from k8s.bot_operator.observed import Scaler
from k8s.bot_operator.spec import HPA, SCALED_OBJECT, Target

MANAGER = "fotbot-operator"
FLOOR_MANAGER = "fotbot-operator-prescaling"
GROUP, VERSION, PLURAL = "fotbot.io", "v1alpha1", "telegrambots"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """Of autoscaler: where it lives, and what its floor and ceiling are called."""

    api: str
    plural: str
    floor: str
    ceiling: str
    usual_ceiling: int


KINDS: Mapping[str, Kind] = {
    HPA: Kind(
        api="autoscaling/v2",
        plural="horizontalpodautoscalers",
        floor="minReplicas",
        ceiling="maxReplicas",
        usual_ceiling=1,
    ),
    SCALED_OBJECT: Kind(
        api="keda.sh/v1alpha1",
        plural="scaledobjects",
        floor="minReplicaCount",
        ceiling="maxReplicaCount",
        usual_ceiling=100,
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pod:
    """A ready one."""

    name: str
    address: str


class Cluster:
    """One namespace. Everything raises ApiFault when the API server does not do it."""

    def __init__(self, api: Api, namespace: str) -> None:
        self._api = api
        self._namespace = namespace
        self._bots = f"/apis/{GROUP}/{VERSION}/namespaces/{namespace}/{PLURAL}"

    async def bot(self, name: str) -> dict[str, Any] | None:
        """The resource as it is now; None when it is gone."""
        try:
            found: dict[str, Any] = await self._api.get(f"{self._bots}/{name}")
        except ApiFault as fault:
            if fault.status == 404:
                return None
            raise
        return found

    async def bots(self) -> Sequence[dict[str, Any]]:
        """All of the namespace."""
        found: Sequence[dict[str, Any]] = (await self._api.get(self._bots)).get("items", [])
        return found

    async def secret(self, name: str) -> Mapping[str, str]:
        """A Secret's values by key, as text without the newline that an editor leaves. A value
        that is no text is left out."""
        path = f"/api/v1/namespaces/{self._namespace}/secrets/{name}"
        data = (await self._api.get(path)).get("data") or {}
        texts = {key: decoded(coded) for key, coded in data.items()}
        return {key: text for key, text in texts.items() if text}

    async def ready_pods(self, selector: str) -> Sequence[Pod]:
        """Those that get traffic: ready, and not on their way out."""
        path = f"/api/v1/namespaces/{self._namespace}/pods"
        found = await self._api.get(path, labelSelector=selector)
        return [
            Pod(name=pod["metadata"]["name"], address=pod["status"]["podIP"])
            for pod in found.get("items", [])
            if is_ready(pod)
        ]

    async def scaler(self, target: Target) -> Scaler:
        """An autoscaler's floor."""
        return scaler_from(await self._api.get(self._path(target)), KINDS[target.kind])

    async def apply_floor(self, target: Target, replicas: int | None) -> None:
        """Own the floor, or with None give it back; an autoscaler that is gone wants none."""
        kind = KINDS[target.kind]
        spec = {} if replicas is None else {kind.floor: replicas}
        body = {
            "apiVersion": kind.api,
            "kind": target.kind,
            "metadata": {"name": target.name, "namespace": self._namespace},
            **({"spec": spec} if spec else {}),
        }
        try:
            if replicas is None:
                await self._api.get(self._path(target))
            await self._api.apply(self._path(target), FLOOR_MANAGER, body)
        except ApiFault as fault:
            if replicas is not None or fault.status != 404:
                raise

    async def tell(self, name: str, status: Mapping[str, Any]) -> dict[str, Any]:
        """Make this the whole status; the resource as it is then."""
        body = {
            "apiVersion": f"{GROUP}/{VERSION}",
            "kind": "TelegramBot",
            "metadata": {"name": name, "namespace": self._namespace},
            "status": status,
        }
        told: dict[str, Any] = await self._api.apply(f"{self._bots}/{name}/status", MANAGER, body)
        return told

    async def hold(self, bot: Mapping[str, Any], holds: bool) -> None:
        """Put our finalizer on or take it off, if nobody has changed the resource meanwhile."""
        metadata = bot["metadata"]
        others = [one for one in metadata.get("finalizers", []) if one != FINALIZER]
        finalizers = [*others, FINALIZER] if holds else others
        version = metadata["resourceVersion"]
        body = {"metadata": {"finalizers": finalizers, "resourceVersion": version}}
        await self._api.merge(f"{self._bots}/{metadata['name']}", body)

    def _path(self, target: Target) -> str:
        kind = KINDS[target.kind]
        return f"/apis/{kind.api}/namespaces/{self._namespace}/{kind.plural}/{target.name}"


def decoded(coded: str) -> str:
    """A Secret's value; empty when it is no text."""
    try:
        return base64.b64decode(coded).decode().rstrip("\r\n")
    except ValueError:
        return ""


def is_ready(pod: Mapping[str, Any]) -> bool:
    """Whether a pod gets traffic."""
    status = pod.get("status", {})
    ready = any(
        one["type"] == "Ready" and one["status"] == "True" for one in status.get("conditions", [])
    )
    return ready and bool(status.get("podIP")) and "deletionTimestamp" not in pod["metadata"]


def scaler_from(raw: Mapping[str, Any], kind: Kind) -> Scaler:
    """What matters of an autoscaler. Who only once wrote its default floor has no claim to it."""
    spec = raw.get("spec", {})
    owners = [
        one
        for one in raw["metadata"].get("managedFields", [])
        if f"f:{kind.floor}" in (one.get("fieldsV1") or {}).get("f:spec", {})
    ]
    applies = [one["manager"] for one in owners if one.get("operation") == "Apply"]
    return Scaler(
        floor=spec.get(kind.floor),
        ceiling=int(spec.get(kind.ceiling, kind.usual_ceiling)),
        is_ours=FLOOR_MANAGER in applies,
        other=next((name for name in applies if name != FLOOR_MANAGER), None),
    )
