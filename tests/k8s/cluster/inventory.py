"""All that lies in a namespace, whatever its kind: for tests that want nothing left behind."""

from __future__ import annotations

import asyncio

from tests.k8s.cluster.api import Api, Object, Refused

NOT_OURS = ("events", "endpointslices", "endpoints")
"""What the cluster writes by itself, or removes in its own time."""


async def inventory(api: Api, namespace: str) -> frozenset[str]:
    """Everything there, as plural/name."""
    found = await asyncio.gather(*(_under(api, root, namespace) for root in await _roots(api)))
    return frozenset().union(*found)


async def cluster_wide(api: Api) -> frozenset[str]:
    """The same of what is in no namespace and a chart might bring: definitions, roles, webhooks."""
    groups = (
        "apiextensions.k8s.io/v1/customresourcedefinitions",
        "rbac.authorization.k8s.io/v1/clusterroles",
        "rbac.authorization.k8s.io/v1/clusterrolebindings",
        "admissionregistration.k8s.io/v1/validatingwebhookconfigurations",
        "admissionregistration.k8s.io/v1/mutatingwebhookconfigurations",
        "scheduling.k8s.io/v1/priorityclasses",
    )
    found: set[str] = set()
    for group in groups:
        items = await api.items(f"/apis/{group}")
        found |= {f"{group.rpartition('/')[2]}/{item['metadata']['name']}" for item in items}
    return frozenset(found)


async def _roots(api: Api) -> list[str]:
    groups = (await api.get("/apis"))["groups"]
    return ["/api/v1", *(f"/apis/{one['preferredVersion']['groupVersion']}" for one in groups)]


async def _under(api: Api, root: str, namespace: str) -> set[str]:
    names = [one["name"] for one in (await api.get(root))["resources"] if _is_kept(one)]
    paths = {name: f"{root}/namespaces/{namespace}/{name}" for name in names}
    return {
        f"{name}/{item['metadata']['name']}"
        for name, path in paths.items()
        for item in await _items(api, path)
    }


def _is_kept(resource: Object) -> bool:
    return (
        resource["namespaced"]
        and "list" in resource["verbs"]
        and "delete" in resource["verbs"]
        and resource["name"] not in NOT_OURS
    )


async def _items(api: Api, path: str) -> list[Object]:
    try:
        return await api.items(path)
    except Refused as refused:
        if refused.code not in (403, 404, 405):
            raise
        return []
