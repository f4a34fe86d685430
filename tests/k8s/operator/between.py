"""A proxy that stands before a server and misbehaves on purpose: it can answer itself, cut, hang,
or end the caller, before a request is handed on or after it was answered."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
from aiohttp import web

# The client would name a type for an empty body that the API server does not take.
NOT_HANDED_ON = frozenset({"host", "content-length", "transfer-encoding", "connection"})

Step = Callable[[web.Request], Awaitable[web.StreamResponse | None]]
"""An answer of the test's own, or None to go on."""


async def nothing(_request: web.Request) -> web.StreamResponse | None:
    return None


@dataclass
class Between:
    """`before` sees each request; `after` sees it once the server behind has answered."""

    behind: str
    trust: ssl.SSLContext | bool = True
    before: Step = nothing
    after: Step = nothing
    url: str = ""
    asked: list[tuple[str, str]] = field(default_factory=list)
    watches_hang: bool = False
    _watches: set[asyncio.Task[None]] = field(default_factory=set)
    _http: aiohttp.ClientSession = field(init=False)

    def well(self) -> None:
        """Behave again."""
        self.before = self.after = nothing
        self.watches_hang = False

    def cut_watches(self) -> None:
        """End every watch, in the middle of whatever it says."""
        for watch in self._watches:
            watch.cancel()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.asked.append((request.method, request.path))
        body = await request.read()
        if (answer := await self.before(request)) is not None:
            return answer
        headers = {k: v for k, v in request.headers.items() if k.lower() not in NOT_HANDED_ON}
        async with self._http.request(
            request.method,
            self.behind + request.path_qs,
            data=body or None,
            headers=headers,
            allow_redirects=False,
        ) as got:
            if "watch" in request.query:
                return await self._pipe(request, got)
            text = await got.read()
            if (answer := await self.after(request)) is not None:
                return answer
            kept = {"Content-Type": got.headers.get("Content-Type", "application/json")}
            return web.Response(status=got.status, body=text, headers=kept)

    async def _pipe(self, request: web.Request, got: aiohttp.ClientResponse) -> web.StreamResponse:
        response = web.StreamResponse(
            status=got.status, headers={"Content-Type": "application/json"}
        )
        await response.prepare(request)
        task = asyncio.create_task(self._pour(got, response))
        self._watches.add(task)
        try:
            await asyncio.wait({task})
        finally:
            task.cancel()
            self._watches.discard(task)
        return response

    async def _pour(self, got: aiohttp.ClientResponse, into: web.StreamResponse) -> None:
        async for piece in got.content.iter_any():
            if self.watches_hang:
                await asyncio.Event().wait()
            await into.write(piece)

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[Between]:
        app = web.Application(client_max_size=2**24)
        app.router.add_route("*", "/{path:.*}", self.handle)
        runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=5.0)
        connector = aiohttp.TCPConnector(ssl=self.trust, limit=0)
        async with aiohttp.ClientSession(
            connector=connector, timeout=timeout, auto_decompress=True
        ) as http:
            self._http = http
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
            try:
                yield self
            finally:
                await runner.cleanup()


def refusing(status: int, reason: str, **headers: str) -> web.Response:
    """As the API server refuses."""
    body = {
        "kind": "Status",
        "apiVersion": "v1",
        "status": "Failure",
        "reason": reason,
        "code": status,
        "message": f"{reason}, says the test",
    }
    shown = {name.replace("_", "-"): value for name, value in headers.items()}
    return web.json_response(body, status=status, headers=shown)
