"""A receiver of Sentry's protocol on loopback: what is told there, kept for the tests to look at.

https://develop.sentry.dev/sdk/data-model/envelopes/: a header, then items of a header and a body,
each on a line of its own.
"""

import gzip
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from services.local.ports import free_port
from services.local.process import LOOPBACK

PROJECT = "1"


class ErrorTracker:
    """Events as they came, and everything that came as text."""

    def __init__(self, port: int) -> None:
        self.dsn = f"http://public-key@{LOOPBACK}:{port}/{PROJECT}"
        self.events: list[dict[str, Any]] = []
        self.received = ""

    async def take(self, request: web.Request) -> web.Response:
        """One envelope."""
        raw = await request.read()
        if raw[:2] == b"\x1f\x8b":
            raw = gzip.decompress(raw)
        self.received += raw.decode()
        _, *items = raw.decode().splitlines()
        for header, body in zip(items[::2], items[1::2], strict=True):
            if json.loads(header)["type"] == "event":
                self.events.append(json.loads(body))
        return web.json_response({"id": "0" * 32})


@asynccontextmanager
async def error_tracker() -> AsyncIterator[ErrorTracker]:
    """Served while the block runs."""
    tracker = ErrorTracker(free_port())
    application = web.Application(client_max_size=2**24)
    application.router.add_post(f"/api/{PROJECT}/envelope/", tracker.take)
    runner = web.AppRunner(application)
    await runner.setup()
    port = int(tracker.dsn.rpartition(":")[2].partition("/")[0])
    await web.TCPSite(runner, LOOPBACK, port).start()
    try:
        yield tracker
    finally:
        await runner.cleanup()
