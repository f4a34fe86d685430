"""The resource metrics API out of the kubelet's own figures: what metrics-server does. CPU is what
each container's counter has grown by between two looks."""

from __future__ import annotations

import asyncio
import re
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import aiohttp
from aiohttp import web

from services.local.ports import free_port
from services.local.process import LOOPBACK
from tests.k8s.cluster.api import Api, Object
from tests.k8s.cluster.control_plane import ControlPlane
from tests.k8s.cluster.metrics_api import RESOURCE, VERSION, register

LOOK_SECONDS = 5.0
WINDOW_SECONDS = 10.0
KUBELET_PORT = 10250
LINE = re.compile(
    r'^container_(cpu_usage_seconds_total|memory_working_set_bytes)\{container="([^"]+)",'
    r'namespace="([^"]+)",pod="([^"]+)"\} (\S+)',
    re.MULTILINE,
)
Who = tuple[str, str, str]


class Usage:
    """The last looks at the kubelet, the newest last."""

    def __init__(self, address: str, context: ssl.SSLContext) -> None:
        self._url = f"https://{address}:{KUBELET_PORT}/metrics/resource"
        self._context = context
        self._looks: list[tuple[float, dict[Who, float], dict[Who, float]]] = []

    async def follow(self) -> None:
        """Until cancelled."""
        async with aiohttp.ClientSession() as http:
            while True:
                try:
                    async with http.get(self._url, ssl=self._context) as response:
                        self._keep(await response.text())
                except aiohttp.ClientError:
                    pass  # It is asked again; old figures go stale by themselves.
                await asyncio.sleep(LOOK_SECONDS)

    def _keep(self, text: str) -> None:
        cpu: dict[Who, float] = {}
        memory: dict[Who, float] = {}
        for kind, container, namespace, pod, value in LINE.findall(text):
            kept = cpu if kind.startswith("cpu") else memory
            kept[namespace, pod, container] = float(value)
        now = time.monotonic()
        recent = [look for look in self._looks if look[0] > now - 2 * WINDOW_SECONDS]
        self._looks = [*recent, (now, cpu, memory)]

    def of(self, namespace: str, pod: str) -> list[Object]:
        """Its containers; nothing while it has not been seen twice."""
        if len(self._looks) < 2:
            return []
        (then, before, _), (now, cpu, memory) = self._looks[0], self._looks[-1]
        return [
            {
                "name": who[2],
                "usage": {
                    "cpu": f"{int((cpu[who] - before[who]) / (now - then) * 1e9)}n",
                    "memory": f"{int(memory.get(who, 0.0))}",
                },
            }
            for who in cpu
            if who[:2] == (namespace, pod) and who in before
        ]


@asynccontextmanager
async def figures(plane: ControlPlane, api: Api, address: str) -> AsyncIterator[Usage]:
    """The API server tells them to whoever asks, the autoscaler among them."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.load_cert_chain(plane.admin.certificate, plane.admin.key)
    usage, port = Usage(address, context), free_port()

    async def resources(_: web.Request) -> web.Response:
        kind = {"name": "pods", "namespaced": True, "kind": "PodMetrics", "verbs": ["list"]}
        list_of = {"kind": "APIResourceList", "apiVersion": "v1", "resources": [kind]}
        return web.json_response({**list_of, "groupVersion": f"{RESOURCE}/{VERSION}"})

    async def listed(request: web.Request) -> web.Response:
        namespace = request.match_info["namespace"]
        selector = request.query.get("labelSelector", "")
        pods = await api.items(f"/api/v1/namespaces/{namespace}/pods", selector)
        items = [_told(pod, usage.of(namespace, pod["metadata"]["name"])) for pod in pods]
        kind = {"kind": "PodMetricsList", "apiVersion": f"{RESOURCE}/{VERSION}", "metadata": {}}
        return web.json_response({**kind, "items": [item for item in items if item["containers"]]})

    app = web.Application()
    root = f"/apis/{RESOURCE}/{VERSION}"
    app.router.add_get(root, resources)
    app.router.add_get(f"{root}/namespaces/{{namespace}}/pods", listed)
    runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
    await runner.setup()
    serving = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    serving.load_cert_chain(plane.serving.certificate, plane.serving.key)
    await web.TCPSite(runner, LOOPBACK, port, ssl_context=serving).start()
    following = asyncio.create_task(usage.follow())
    try:
        await register(api, port)
        yield usage
    finally:
        following.cancel()
        await runner.cleanup()


def _told(pod: Object, containers: list[Object]) -> Object:
    about = pod["metadata"]
    return {
        "metadata": {name: about.get(name) for name in ("name", "namespace", "labels")},
        "timestamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "window": f"{WINDOW_SECONDS:.0f}s",
        "containers": containers,
    }
