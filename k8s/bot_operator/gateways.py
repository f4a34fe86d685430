"""Which secrets each ready gateway accepts: asked of the pods themselves, not of their Service."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Self

import aiohttp

from k8s.bot_operator.bodies import TooLarge, whole
from k8s.bot_operator.cluster import Pod
from k8s.bot_operator.observed import Gateway

CALL_SECONDS = 2.0
AT_ONCE = 10
LARGEST_ANSWER = 64 * 1024


class Gateways:
    """Each pod has two seconds; one that does not answer says nothing."""

    def __init__(self, http: aiohttp.ClientSession, port: int) -> None:
        self._http = http
        self._port = port

    @classmethod
    @asynccontextmanager
    async def open(cls, port: int) -> AsyncIterator[Self]:
        """Keeps connections while the block runs."""
        timeout = aiohttp.ClientTimeout(total=CALL_SECONDS)
        connector = aiohttp.TCPConnector(limit=AT_ONCE, force_close=True)
        async with aiohttp.ClientSession(timeout=timeout, connector=connector) as http:
            yield cls(http, port)

    async def accepting(self, pods: Sequence[Pod]) -> Sequence[Gateway]:
        """In the order of the pods."""
        return await asyncio.gather(*map(self._ask, pods))

    async def _ask(self, pod: Pod) -> Gateway:
        host = f"[{pod.address}]" if ":" in pod.address else pod.address
        url = f"http://{host}:{self._port}/webhook"
        try:
            async with self._http.get(url, allow_redirects=False) as response:
                text = await whole(response, LARGEST_ANSWER)
                accepted = accepted_from(text) if response.status == 200 else None
        except (aiohttp.ClientError, OSError, TimeoutError, TooLarge):
            accepted = None
        return Gateway(name=pod.name, accepted=accepted)


def accepted_from(text: bytes) -> frozenset[str] | None:
    """The fingerprints that a gateway lists; None when it says something else."""
    try:
        match json.loads(text):
            case {"accepted": list(listed)}:
                return frozenset(one for one in listed if isinstance(one, str))
    except (ValueError, RecursionError):
        pass
    return None
