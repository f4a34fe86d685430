"""The resource and the external metrics API, aggregated into the cluster's: what figures.py holds,
told in the words that the autoscaler's controller understands."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from aiohttp import web

from tests.k8s.cluster.api import Api, Object
from tests.k8s.cluster.figures import Figures

RESOURCE = "metrics.k8s.io"
EXTERNAL = "external.metrics.k8s.io"
VERSION = "v1beta1"
COMPONENT = "app.kubernetes.io/component"

Pods = Callable[[], Iterable[Object]]


async def register(api: Api, port: int) -> None:
    """Tells the API server that both live at this port of this machine."""
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "metrics", "namespace": "kube-system"},
        "spec": {"type": "ExternalName", "externalName": "localhost"},
    }
    await api.apply(service)
    for group in (RESOURCE, EXTERNAL):
        await api.apply(_api_service(group, port))


def _api_service(group: str, port: int) -> Object:
    return {
        "apiVersion": "apiregistration.k8s.io/v1",
        "kind": "APIService",
        "metadata": {"name": f"{VERSION}.{group}"},
        "spec": {
            "group": group,
            "version": VERSION,
            "service": {"name": "metrics", "namespace": "kube-system", "port": port},
            "insecureSkipTLSVerify": True,
            "groupPriorityMinimum": 100,
            "versionPriority": 100,
        },
    }


class MetricsApi:
    """Answers for the pods that it is given, at the moment that it is asked."""

    def __init__(self, figures: Figures, pods: Pods) -> None:
        self._figures = figures
        self._pods = pods

    def application(self) -> web.Application:
        """The routes."""
        application = web.Application()
        application.add_routes(
            [
                web.get("/readyz", self._ready),
                web.get(f"/apis/{RESOURCE}/{VERSION}", self._resources),
                web.get(f"/apis/{EXTERNAL}/{VERSION}", self._resources),
                web.get(f"/apis/{RESOURCE}/{VERSION}/namespaces/{{namespace}}/pods", self._usage),
                web.get(
                    f"/apis/{EXTERNAL}/{VERSION}/namespaces/{{namespace}}/{{metric}}", self._value
                ),
            ]
        )
        return application

    async def _ready(self, _: web.Request) -> web.Response:
        return web.Response(text="ok")

    async def _resources(self, request: web.Request) -> web.Response:
        group_version = request.path.removeprefix("/apis/")
        resources = [{"name": "pods", "namespaced": True, "kind": "PodMetrics", "verbs": ["list"]}]
        return web.json_response(
            {
                "kind": "APIResourceList",
                "apiVersion": "v1",
                "groupVersion": group_version,
                "resources": resources if group_version.startswith(RESOURCE) else [],
            }
        )

    async def _usage(self, request: web.Request) -> web.Response:
        namespace = request.match_info["namespace"]
        wanted = _selector(request.query.get("labelSelector", ""))
        items = [
            self._pod_metrics(pod)
            for pod in self._pods()
            if pod["metadata"]["namespace"] == namespace
            and wanted.items() <= pod["metadata"].get("labels", {}).items()
        ]
        kind = {"kind": "PodMetricsList", "apiVersion": f"{RESOURCE}/{VERSION}", "metadata": {}}
        return web.json_response({**kind, "items": [item for item in items if item]})

    def _pod_metrics(self, pod: Object) -> Object | None:
        about = pod["metadata"]
        component = about.get("labels", {}).get(COMPONENT, "")
        usage = self._figures.usage_of(about["namespace"], component)
        if not usage:
            return None
        return {
            "metadata": {name: about.get(name) for name in ("name", "namespace", "labels")},
            "timestamp": _now(),
            "window": "15s",
            "containers": [
                {"name": container["name"], "usage": usage}
                for container in pod["spec"]["containers"]
            ],
        }

    async def _value(self, request: web.Request) -> web.Response:
        namespace, metric = request.match_info["namespace"], request.match_info["metric"]
        value = self._figures.value_of(namespace, metric)
        item: Object = {
            "metricName": metric,
            "metricLabels": {},
            "timestamp": _now(),
            "value": value,
        }
        return web.json_response(
            {
                "kind": "ExternalMetricValueList",
                "apiVersion": f"{EXTERNAL}/{VERSION}",
                "metadata": {},
                "items": [item] if value is not None else [],
            }
        )


def _selector(text: str) -> dict[str, str]:
    """`a=b,c=d`; the controller sends nothing else for our workloads."""
    return {
        name: value for name, _, value in (part.partition("=") for part in text.split(",") if part)
    }


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
