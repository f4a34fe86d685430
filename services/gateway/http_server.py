"""The gateway's HTTP port: uvicorn inside our own process and loop."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, cast

import uvicorn

from services.chassis.ops import EmbeddedServer
from services.gateway.quick_webhook import QuickProtocol
from services.gateway.webhook import Webhook, application

KEEP_ALIVE_SECONDS = 75
LAST_UPDATES_SECONDS = 10
"""How long updates under way may take once the process is to end: longer than their budget."""


@asynccontextmanager
async def http_server(
    webhook: Webhook, host: str, port: int, rest_seconds: int = KEEP_ALIVE_SECONDS
) -> AsyncIterator[int]:
    """Serves the webhook; yields the port. Leaving it ends the updates under way first. A
    connection without updates is closed after `rest_seconds`. Raises OSError when the port is
    taken."""
    config = uvicorn.Config(
        application(webhook),
        http=cast(Any, partial(QuickProtocol, webhook)),
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=rest_seconds,
        timeout_graceful_shutdown=LAST_UPDATES_SECONDS,
    )
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.create_server((host, port), family=family, backlog=1024)
    server = EmbeddedServer(config)
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        yield listening.getsockname()[1]
    finally:
        server.should_exit = True
        await serving
