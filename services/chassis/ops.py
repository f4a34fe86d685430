"""The HTTP port for those who look after the process: /metrics, /livez, /readyz."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from prometheus_client import REGISTRY
from prometheus_client.exposition import choose_encoder
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from services.chassis.health import Health

LAST_ANSWERS_SECONDS = 1

Pages = Mapping[str, Callable[[], Mapping[str, object]]]
"""What only some processes tell, by the path's one name."""


class EmbeddedServer(uvicorn.Server):
    """uvicorn that leaves the signals to the process it lives in."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are the process's own business."""
        yield


@asynccontextmanager
async def ops_server(
    health: Health, host: str, port: int, pages: Pages | None = None
) -> AsyncIterator[int]:
    """Serve the three paths, and `pages` that may be added later; yields the port. Raises OSError
    when it is taken."""
    config = uvicorn.Config(
        ops_app(health, {} if pages is None else pages),
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="off",
        timeout_graceful_shutdown=LAST_ANSWERS_SECONDS,
    )
    listening = _listen(host, port)
    server = EmbeddedServer(config)
    task = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        yield listening.getsockname()[1]
    finally:
        server.should_exit = True
        await task


def ops_app(health: Health, pages: Pages) -> Starlette:
    """The application behind the port. What a page tells is JSON."""

    async def livez(_request: Request) -> Response:
        return PlainTextResponse("alive\n")

    async def readyz(_request: Request) -> Response:
        readiness = await health.readiness()
        body = {
            "ready": readiness.is_ready,
            "required": readiness.required,
            "reported": readiness.reported,
        }
        return JSONResponse(body, status_code=200 if readiness.is_ready else 503)

    async def metrics(request: Request) -> Response:
        await health.readiness()
        encode, content_type = choose_encoder(request.headers.get("accept", ""))
        return Response(encode(REGISTRY), headers={"content-type": content_type})

    async def page(request: Request) -> Response:
        tell = pages.get(request.path_params["page"])
        return JSONResponse(tell()) if tell else PlainTextResponse("not here\n", status_code=404)

    paths = {"/livez": livez, "/readyz": readyz, "/metrics": metrics, "/{page}": page}
    return Starlette(routes=[Route(path, endpoint) for path, endpoint in paths.items()])


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family)
