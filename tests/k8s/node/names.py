"""The cluster's DNS for a node of our own: A records of Services' ready endpoints and of their
named pods, read from the API server. CoreDNS in as few words as these tests need."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from tests.k8s.cluster.api import Api, Object

TTL_SECONDS = 1
REFRESH_SECONDS = 0.5
SLICES = "/apis/discovery.k8s.io/v1/endpointslices"
NO_SUCH_NAME, A_RECORD = 3, 1


class Names:
    """Who is where, as of half a second ago."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._found: dict[str, tuple[str, ...]] = {}

    async def follow(self) -> None:
        """Until cancelled."""
        while True:
            self._found = _records(await self._api.items(SLICES))
            await asyncio.sleep(REFRESH_SECONDS)

    def addresses(self, service: str, namespace: str) -> tuple[str, ...]:
        """Of the pods of a Service that are ready."""
        return self._found.get(f"{service}.{namespace}.svc.cluster.local", ())

    def answer(self, query: bytes) -> bytes:
        """One question's answer, in the words of RFC 1035."""
        number, end = query[:2], query.index(b"\0", 12) + 5
        name = ".".join(_labels(query[12:])).lower()
        asked = struct.unpack(">H", query[end - 4 : end - 2])[0]
        found = self._found.get(name)
        records = found if found and asked == A_RECORD else ()
        flags = 0x8580 if found is not None else 0x8580 | NO_SUCH_NAME
        head = number + struct.pack(">HHHHH", flags, 1, len(records or ()), 0, 0)
        body = b"".join(
            b"\xc0\x0c" + struct.pack(">HHIH", A_RECORD, 1, TTL_SECONDS, 4) + _packed(address)
            for address in records or ()
        )
        return head + query[12:end] + body


class _Protocol(asyncio.DatagramProtocol):
    def __init__(self, names: Names) -> None:
        self._names = names

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self._transport.sendto(self._names.answer(data), addr)


@asynccontextmanager
async def naming(api: Api, host: str) -> AsyncIterator[Names]:
    """Answers on port 53 of this address."""
    names = Names(api)
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(
        lambda: _Protocol(names), local_addr=(host, 53)
    )
    following = asyncio.create_task(names.follow())
    try:
        yield names
    finally:
        following.cancel()
        transport.close()


def _records(slices: list[Object]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for one in slices:
        about = one["metadata"]
        service = about.get("labels", {}).get("kubernetes.io/service-name", "")
        name = f"{service}.{about['namespace']}.svc.cluster.local"
        for endpoint in one.get("endpoints") or ():
            found.setdefault(name, [])
            if not (endpoint.get("conditions") or {}).get("ready"):
                continue
            found[name] += endpoint["addresses"]
            if hostname := endpoint.get("hostname"):
                found[f"{hostname}.{name}"] = list(endpoint["addresses"])
    return {name: tuple(addresses) for name, addresses in found.items()}


def _labels(text: bytes) -> list[str]:
    labels, at = [], 0
    while text[at]:
        labels.append(text[at + 1 : at + 1 + text[at]].decode("ascii", "replace"))
        at += 1 + text[at]
    return labels


def _packed(address: str) -> bytes:
    return bytes(map(int, address.split(".")))
