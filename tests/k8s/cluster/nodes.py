"""Nodes without containers: a pod bound to one is at once what its image's tag says.

A tag that ends with -broken never becomes ready, and a Job's pod of such an image fails. Every
other pod is ready at once; one that is not to be started again has succeeded. Its address is made
up, unless the annotation ADDRESS says where a test answers for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count

import aiohttp

from tests.k8s.cluster.api import Api, Object, Refused

ZONES = ("a", "b", "c")
HEARTBEAT_SECONDS = 10.0
PAUSE_SECONDS = 0.5
ADDRESS = "stand-in/address"
ROOM = {"cpu": "64", "memory": "256Gi", "pods": "1000", "ephemeral-storage": "1Ti"}


class Nodes:
    """One node a zone. Knows every pod of the cluster, for whoever asks about metrics."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._addresses = (f"10.{n // 65536}.{n // 256 % 256}.{n % 256}" for n in count(65537))
        self.pods: dict[str, Object] = {}
        """By uid."""

    async def run(self) -> None:
        """For ever; whatever the API server does is survived."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._beat())
            tasks.create_task(self._follow())

    async def _beat(self) -> None:
        while True:
            for zone in ZONES:
                try:
                    await self._say_ready(zone)
                except (Refused, OSError, aiohttp.ClientError):
                    break  # It is told again soon.
            await asyncio.sleep(HEARTBEAT_SECONDS)

    async def _say_ready(self, zone: str) -> None:
        name = f"node-{zone}"
        labels = {
            "kubernetes.io/hostname": name,
            "topology.kubernetes.io/zone": zone,
            "kubernetes.io/os": "linux",
        }
        node = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": name, "labels": labels}}
        await self._api.apply(node, manager="stand-in")
        ready = _condition("Ready", True) | {"lastHeartbeatTime": _now()}
        status = {"capacity": ROOM, "allocatable": ROOM, "conditions": [ready]}
        await self._api.merge(f"/api/v1/nodes/{name}/status", {"status": status})

    async def _follow(self) -> None:
        while True:
            try:
                async for event in self._api.watch("/api/v1/pods"):
                    await self._see(event)
            except (Refused, OSError, aiohttp.ClientError):
                await asyncio.sleep(PAUSE_SECONDS)

    async def _see(self, event: Object) -> None:
        pod = event["object"]
        if event["type"] == "ERROR":
            raise Refused(int(pod.get("code", 500)), str(pod.get("message")))
        if event["type"] == "DELETED":
            self.pods.pop(pod["metadata"]["uid"], None)
            return
        self.pods[pod["metadata"]["uid"]] = pod
        if pod["spec"].get("nodeName", "").removeprefix("node-") in ZONES:
            await self._attend(pod)

    async def _attend(self, pod: Object) -> None:
        about = pod["metadata"]
        path = f"/api/v1/namespaces/{about['namespace']}/pods/{about['name']}"
        try:
            if about.get("deletionTimestamp"):
                now = {"gracePeriodSeconds": 0, "preconditions": {"uid": about["uid"]}}
                await self._api.call("DELETE", path, now)
            elif pod["status"].get("phase", "Pending") == "Pending":
                await self._api.merge(f"{path}/status", {"status": self._status(pod)})
        except Refused as refused:
            if refused.code not in (404, 409):
                raise

    def _status(self, pod: Object) -> Object:
        broken = any(image.endswith("-broken") for image in _images(pod))
        phase = _phase(pod, broken)
        ready = phase == "Running" and not broken
        annotations = pod["metadata"].get("annotations", {})
        address = annotations.get(ADDRESS) or next(self._addresses)
        kinds = ("Initialized", "PodScheduled", "ContainersReady", "Ready")
        return {
            "phase": phase,
            "podIP": address,
            "podIPs": [{"ip": address}],
            "hostIP": "10.0.0.1",
            "startTime": _now(),
            "conditions": [_condition(kind, ready or kind in kinds[:2]) for kind in kinds],
            "containerStatuses": [
                _container_status(container, phase, ready)
                for container in pod["spec"]["containers"]
            ],
        }


def _images(pod: Object) -> Iterator[str]:
    return (str(container["image"]) for container in pod["spec"]["containers"])


def _phase(pod: Object, broken: bool) -> str:
    if pod["spec"].get("restartPolicy", "Always") == "Always":
        return "Running"
    return "Failed" if broken else "Succeeded"


def _container_status(container: Object, phase: str, ready: bool) -> Object:
    state: Object = {"running": {"startedAt": _now()}}
    if phase != "Running":
        ending = {"exitCode": int(phase == "Failed"), "reason": "Completed", "finishedAt": _now()}
        state = {"terminated": ending}
    return {
        "name": container["name"],
        "image": container["image"],
        "imageID": container["image"],
        "ready": ready,
        "started": ready,
        "restartCount": 0,
        "state": state,
    }


def _condition(kind: str, true: bool) -> Object:
    return {
        "type": kind,
        "status": "True" if true else "False",
        "reason": "StandIn",
        "lastTransitionTime": _now(),
    }


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
