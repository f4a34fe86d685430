"""An API server as far as the operator asks it: get, server-side apply and merge patches on a
dictionary. Whatever is asked can be made to fail, or to end the asker."""

import base64
import copy
from collections.abc import Callable, Mapping
from itertools import count
from typing import Any

import kopf

from k8s.bot_operator.api import Api, ApiFault
from tests.k8s.operator.making import NEW, OLD, RAW
from tests.local.telegram.running import TOKEN

NAMESPACE = "test"
BOTS = f"/apis/fotbot.io/v1alpha1/namespaces/{NAMESPACE}/telegrambots"
SECRETS = f"/api/v1/namespaces/{NAMESPACE}/secrets"
PODS = f"/api/v1/namespaces/{NAMESPACE}/pods"
HPAS = f"/apis/autoscaling/v2/namespaces/{NAMESPACE}/horizontalpodautoscalers"
BOT, HPA, SECRET = f"{BOTS}/fotbot", f"{HPAS}/fotbot-gateway", f"{SECRETS}/fotbot"

Object = dict[str, Any]
Before = Callable[[str, str], None]
"""Called with verb and path before anything is done; may raise."""


def nobody() -> kopf.ConnectionInfo:
    raise AssertionError("nobody logs in here")


class SmallApi(Api):
    """`writes` are those that came, in order."""

    def __init__(self) -> None:
        super().__init__(nobody)
        self.objects: dict[str, Object] = {}
        self.writes: list[tuple[str, str]] = []
        self.before: Before = lambda verb, path: None
        self._versions = count(1)

    def put(self, path: str, made: Mapping[str, Any]) -> Object:
        """Store an object as if somebody else had."""
        stored = copy.deepcopy(dict(made))
        before = self.objects.get(path)
        name = path.rpartition("/")[2]
        metadata = {"name": name, "uid": f"uid-{name}", "generation": 1}
        stored["metadata"] = metadata | stored.get("metadata", {})
        if before and before.get("spec") != stored.get("spec"):
            stored["metadata"]["generation"] = before["metadata"]["generation"] + 1
        stored["metadata"]["resourceVersion"] = str(next(self._versions))
        self.objects[path] = stored
        return stored

    async def get(self, path: str, **query: str) -> Any:
        self.before("GET", path)
        if path in (BOTS, PODS):
            return {
                "items": [
                    copy.deepcopy(one)
                    for key, one in self.objects.items()
                    if key.startswith(f"{path}/")
                ]
            }
        return copy.deepcopy(self._found(path))

    async def apply(self, path: str, manager: str, body: Mapping[str, Any]) -> Any:
        self.before("PATCH", path)
        if path.endswith("/status"):
            path = path.removesuffix("/status")
            new = self._found(path) | {"status": copy.deepcopy(body["status"])}
        else:
            new = copy.deepcopy(self._found(path))
            spec = dict(body.get("spec", {}))
            for field in ("minReplicas", "minReplicaCount"):
                new["spec"].pop(field, None)
            new["spec"] |= spec
            fields: Object = {"f:spec": {f"f:{name}": {} for name in spec}}
            entry = {"manager": manager, "operation": "Apply", "fieldsV1": fields}
            new["metadata"]["managedFields"] = [entry] if spec else []
        self.writes.append((path, manager))
        return self.put(path, new)

    async def merge(self, path: str, body: Mapping[str, Any]) -> Any:
        self.before("PATCH", path)
        new = copy.deepcopy(self._found(path))
        metadata = dict(body["metadata"])
        if metadata.pop("resourceVersion") != new["metadata"]["resourceVersion"]:
            raise ApiFault(409, "the object has been modified")
        new["metadata"] |= metadata
        self.writes.append((path, "merge"))
        if new["metadata"].get("deletionTimestamp") and not metadata["finalizers"]:
            return self.objects.pop(path)
        return self.put(path, new)

    def _found(self, path: str) -> Object:
        if path not in self.objects:
            raise ApiFault(404, "not found")
        return self.objects[path]


def coded(**values: str) -> Object:
    """A Secret's data; underscores are dashes."""
    data = {
        key.replace("_", "-"): base64.b64encode(text.encode()).decode()
        for key, text in values.items()
    }
    return {"data": data}


def furnished(**spec: Any) -> SmallApi:
    """With a bot, its Secret and a gateway's autoscaler."""
    api = SmallApi()
    api.put(BOT, {"spec": RAW | spec})
    api.put(SECRET, coded(bot_token=TOKEN, webhook_secret=NEW, webhook_secret_previous=OLD))
    api.put(HPA, {"spec": {"maxReplicas": 10}})
    return api


def add_gateway(api: SmallApi, name: str, address: str = "127.0.0.1") -> None:
    """A pod that is ready."""
    ready = [{"type": "Ready", "status": "True"}]
    api.put(f"{PODS}/{name}", {"status": {"podIP": address, "conditions": ready}})
