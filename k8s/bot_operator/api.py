"""Calls to the API server: each with a deadline, each made once. Who calls tries again later."""

import json
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, Self

import aiohttp
import kopf

from k8s.bot_operator import metrics
from k8s.bot_operator.bodies import TooLarge, whole
from k8s.bot_operator.observed import Problem

CALL_SECONDS = 15.0
CONNECT_SECONDS = 5.0
LONGEST_WORDS = 200
LARGEST_ANSWER = 32 * 1024 * 1024
# Tokens are renewed on disk; reading them anew each minute is often enough.
LOGIN_SECONDS = 60.0

APPLY = "application/apply-patch+yaml"
MERGE = "application/merge-patch+json"


class ApiFault(Exception):
    """The API server did not do it; `status` is 0 when it gave no answer."""

    def __init__(self, status: int, words: str, retry_after: float = 0.0) -> None:
        super().__init__(f"{status}: {words}")
        self.status = status
        self.words = words
        self.retry_after = retry_after

    def problem(self, what: str) -> Problem:
        """Of a condition; `what` begins the sentence, as in "The Secret fotbot"."""
        reason, words = {
            403: ("Denied", "may not be touched by the operator: see the chart's app values"),
            404: ("Missing", "does not exist"),
            409: ("Conflict", f"was changed by somebody else: {self.words}"),
            429: ("ApiBusy", "is behind an API server that asks for patience"),
            0: ("ApiSilent", "is behind an API server that does not answer"),
        }.get(self.status, ("ApiFault", f"was refused with {self.status}: {self.words}"))
        return Problem(reason=reason, message=f"{what} {words}.", retry_after=self.retry_after)


class Api:
    """JSON in, JSON out, with credentials that are never older than a minute."""

    def __init__(self, login: Callable[[], kopf.ConnectionInfo]) -> None:
        self._login = login
        self._info: kopf.ConnectionInfo | None = None
        self._http: aiohttp.ClientSession | None = None
        self._logged_in = 0.0

    @classmethod
    @asynccontextmanager
    async def open(cls, login: Callable[[], kopf.ConnectionInfo]) -> AsyncIterator[Self]:
        """Keeps connections while the block runs."""
        api = cls(login)
        try:
            yield api
        finally:
            await api.close()

    async def close(self) -> None:
        """End the connections."""
        if self._http is not None:
            await self._http.close()

    async def get(self, path: str, **query: str) -> Any:
        """Raises ApiFault."""
        return await self._ask("GET", path, query)

    async def apply(self, path: str, manager: str, body: Mapping[str, Any]) -> Any:
        """Server-side apply, by force: who else applies a field was looked at before."""
        query = {"fieldManager": manager, "force": "true"}
        return await self._ask("PATCH", path, query, body, APPLY)

    async def merge(self, path: str, body: Mapping[str, Any]) -> Any:
        """A merge patch. Raises ApiFault."""
        return await self._ask("PATCH", path, {}, body, MERGE)

    async def _ask(
        self,
        verb: str,
        path: str,
        query: Mapping[str, str],
        body: Mapping[str, Any] | None = None,
        kind: str = "application/json",
    ) -> Any:
        began, outcome = time.perf_counter(), "0"
        try:
            server, headers, http = await self._session()
            async with http.request(
                verb,
                f"{server}{path}",
                params=query,
                data=None if body is None else json.dumps(body).encode(),
                headers={**headers, "Content-Type": kind, "Accept": "application/json"},
                allow_redirects=False,
            ) as response:
                outcome = str(response.status)
                return _read(response, await whole(response, LARGEST_ANSWER))
        except (aiohttp.ClientError, OSError, TimeoutError, TooLarge) as error:
            raise ApiFault(0, type(error).__name__) from None
        finally:
            metrics.API_CALLS.labels(verb, outcome).observe(time.perf_counter() - began)

    async def _session(self) -> tuple[str, Mapping[str, str], aiohttp.ClientSession]:
        now = time.monotonic()
        if self._info is None or now - self._logged_in > LOGIN_SECONDS:
            info, self._logged_in = self._login(), now
            if self._http is None or _parts(info) != _parts(self._info):
                await self.close()
                self._http = _client(info)
            self._info = info
        assert self._http is not None  # noqa: S101 - made with the first login
        return self._info.server.rstrip("/"), self._info.as_http_headers(), self._http


def _parts(info: kopf.ConnectionInfo | None) -> tuple[object, ...]:
    """What a connection is made of; the token goes with each call."""
    return () if info is None else (info.server, info.ca_path, info.ca_data, info.certificate_path)


def _client(info: kopf.ConnectionInfo) -> aiohttp.ClientSession:
    timeout = aiohttp.ClientTimeout(total=CALL_SECONDS, sock_connect=CONNECT_SECONDS)
    connector = aiohttp.TCPConnector(ssl=info.as_ssl_context(), limit=20)
    return aiohttp.ClientSession(timeout=timeout, connector=connector)


def _read(response: aiohttp.ClientResponse, text: bytes) -> Any:
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        body = {}
    if response.status < 300:
        return body
    words = str(body.get("message", ""))[:LONGEST_WORDS] if isinstance(body, dict) else ""
    raise ApiFault(response.status, words, _seconds(response.headers.get("Retry-After")))


def _seconds(header: str | None) -> float:
    return min(float(header), 600.0) if header and header.isdecimal() else 0.0
