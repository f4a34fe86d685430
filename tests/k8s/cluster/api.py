"""A small client of the API server: objects are the dictionaries that it speaks.

What it refuses is raised as Refused, with its code and its sentence.
"""

from __future__ import annotations

import json
import ssl
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import aiohttp

from tests.eventually import eventually
from tests.k8s.cluster.kubeconfig import Place, Who, read

Object = dict[str, Any]

APPLY = "application/apply-patch+yaml"
MERGE = "application/merge-patch+json"
POLL_SECONDS = 0.2
DEADLINE = aiohttp.ClientTimeout(total=30.0)
WATCHING = aiohttp.ClientTimeout(total=None, sock_connect=5.0)


class Refused(Exception):
    """An answer of 400 or more."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


class Api:
    """One caller's view of the API server."""

    def __init__(self, place: Place, who: Who) -> None:
        context = ssl.create_default_context(cafile=str(place.ca))
        headers = {}
        if isinstance(who, str):
            headers["Authorization"] = f"Bearer {who}"
        else:
            context.load_cert_chain(who.certificate, who.key)
        self._url = place.url
        self._headers = headers
        self._connector = aiohttp.TCPConnector(ssl=context)
        self._session = aiohttp.ClientSession(connector=self._connector, headers=headers)
        self._kinds: dict[str, dict[str, Object]] = {}

    @classmethod
    def of(cls, kubeconfig: Path) -> Self:
        """Whoever that file says."""
        return cls(*read(kubeconfig))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._session.close()

    async def call(
        self,
        method: str,
        path: str,
        body: Object | None = None,
        *,
        media: str = "application/json",
        query: Mapping[str, str] | None = None,
    ) -> Object:
        """The answer as an object; {"text": …} when it is none. Raises Refused."""
        data = None if body is None else json.dumps(body).encode()
        async with self._session.request(
            method,
            self._url + path,
            data=data,
            params=query,
            headers={"Content-Type": media},
            timeout=DEADLINE,
        ) as answer:
            text = await answer.text()
        content: Object = json.loads(text) if text.startswith("{") else {"text": text}
        if answer.status >= 400:
            raise Refused(answer.status, str(content.get("message") or text))
        return content

    async def get(self, path: str) -> Object:
        """An object or a list by its path."""
        return await self.call("GET", path)

    async def find(self, path: str) -> Object | None:
        """The same, None when there is no such thing."""
        try:
            return await self.get(path)
        except Refused as refused:
            if refused.code != 404:
                raise
            return None

    async def items(self, path: str, selector: str = "") -> list[Object]:
        """The objects of a list."""
        query = {"labelSelector": selector} if selector else None
        answer = await self.call("GET", path, query=query)
        items: list[Object] = answer["items"]
        return items

    async def create(self, made: Object, namespace: str = "", *, dry_run: bool = False) -> Object:
        """Posts an object; into `namespace` when it names none."""
        query = {"fieldValidation": "Strict", **({"dryRun": "All"} if dry_run else {})}
        return await self.call("POST", await self.path(made, namespace), made, query=query)

    async def apply(
        self, made: Object, namespace: str = "", *, manager: str = "test", dry_run: bool = False
    ) -> Object:
        """Server-side apply, unknown fields refused."""
        path = f"{await self.path(made, namespace)}/{made['metadata']['name']}"
        query = {"fieldManager": manager, "force": "true", "fieldValidation": "Strict"}
        query |= {"dryRun": "All"} if dry_run else {}
        return await self.call("PATCH", path, made, media=APPLY, query=query)

    async def merge(self, path: str, change: Object) -> Object:
        """A JSON merge patch."""
        return await self.call("PATCH", path, change, media=MERGE)

    async def delete(self, path: str) -> None:
        """Gone is as good as deleted. Its dependants go in the background."""
        try:
            await self.call("DELETE", path, {"propagationPolicy": "Background"})
        except Refused as refused:
            if refused.code != 404:
                raise

    async def evict(self, namespace: str, pod: str) -> None:
        """Asks for an eviction; Refused with 429 where a disruption budget holds it."""
        made = {
            "apiVersion": "policy/v1",
            "kind": "Eviction",
            "metadata": {"name": pod, "namespace": namespace},
        }
        await self.call("POST", f"/api/v1/namespaces/{namespace}/pods/{pod}/eviction", made)

    async def path(self, made: Object, namespace: str = "") -> str:
        """The collection that such an object belongs to."""
        version, kind = str(made["apiVersion"]), str(made["kind"])
        root = f"/apis/{version}" if "/" in version else f"/api/{version}"
        resource = await self._resource(root, kind)
        within = made["metadata"].get("namespace") or namespace
        return (
            f"{root}/{f'namespaces/{within}/' if resource['namespaced'] else ''}{resource['name']}"
        )

    async def _resource(self, root: str, kind: str) -> Object:
        if kind not in self._kinds.get(root, {}):
            found = (await self.get(root))["resources"]
            self._kinds[root] = {one["kind"]: one for one in found if "/" not in one["name"]}
        if kind not in self._kinds[root]:
            raise Refused(404, f"{root} knows no {kind}")
        return self._kinds[root][kind]

    async def watch(self, path: str) -> AsyncIterator[Object]:
        """Every object of a list, then every event of it ({type, object}), until cut."""
        seen = await self.get(path)
        for item in seen["items"]:
            yield {"type": "ADDED", "object": item}
        query = {"watch": "1", "resourceVersion": seen["metadata"]["resourceVersion"]}
        async with self._session.get(self._url + path, params=query, timeout=WATCHING) as answer:
            rest = b""
            async for piece in answer.content.iter_any():
                *lines, rest = (rest + piece).split(b"\n")
                for line in lines:
                    yield json.loads(line)

    async def until(self, path: str, holds: Any, seconds: float = 30.0) -> Object:
        """The object at `path` once `holds(object)` is true; TimeoutError tells how it was last.

        Nothing there is None.
        """
        last: Object | None = None

        async def asked() -> bool:
            nonlocal last
            last = await self.find(path)
            return bool(holds(last))

        try:
            await eventually(asked, seconds, every=POLL_SECONDS)
        except TimeoutError:
            raise TimeoutError(f"{path} after {seconds:.0f} s: {json.dumps(last)[:2000]}") from None
        return last or {}
