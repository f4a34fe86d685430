"""The webhook's usual requests, answered straight from the connection at a quarter of ASGI's cost.

What is usual is said in usual_requests.py. Any other request, and one that comes while another is
under way on its connection, goes on to the ASGI application (webhook.py) as if this class were not
here.
"""

import asyncio
import math
from collections.abc import Sequence
from functools import cache
from typing import Any, cast

import structlog
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol
from uvicorn.server import ServerState

from services.gateway.updates import Reply
from services.gateway.usual_requests import UsualRequests
from services.gateway.webhook import Webhook, closing, responses

log = structlog.get_logger(__name__)


class _Exchange:
    """One request and its answer: as much of uvicorn's cycle as its protocol asks for."""

    __slots__ = ("disconnected", "keep_alive", "response_complete", "task")

    message_event = asyncio.Event()
    """Nobody waits for it."""

    def __init__(self) -> None:
        self.disconnected = False
        self.keep_alive = True
        self.response_complete = False
        self.task: asyncio.Task[None]


class QuickProtocol(HttpToolsProtocol):
    """One connection to the webhook."""

    def __init__(
        self,
        webhook: Webhook,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._webhook = webhook
        self._usual = UsualRequests(webhook.path, webhook.secrets)
        self._is_between = True
        """Whether the parser is in the middle of no request."""

        self._rests_since = math.inf
        self._rest: asyncio.TimerHandle | None = None

    def connection_lost(self, exc: Exception | None) -> None:
        """Whoever closed it."""
        if self._rest:
            self._rest.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """One request more, or a part of it."""
        self._rests_since = math.inf
        is_free = self._is_between and (self.cycle is None or self.cycle.response_complete)
        if is_free and (body := self._usual.body(data)) is not None:
            self._unset_keepalive_if_required()
            self._begin(body)
        else:
            super().data_received(data)

    def on_message_begin(self) -> None:
        """An unusual one."""
        self._is_between = False
        super().on_message_begin()

    def on_message_complete(self) -> None:
        """The parser has seen its end."""
        self._is_between = True
        super().on_message_complete()

    def _begin(self, body: bytes) -> None:
        exchange = _Exchange()
        self.cycle = cast(Any, exchange)
        exchange.task = self.loop.create_task(self._answer(exchange, body))
        self.tasks.add(exchange.task)

    async def _answer(self, exchange: _Exchange, body: bytes) -> None:
        try:
            reply = await self._webhook.handle(body)
        except Exception:
            log.exception("an update was not answered")
            reply = closing(500)
        finally:
            # What is left takes no time, and the server waits for connections too.
            self.tasks.discard(exchange.task)
        responses(reply.status).inc()
        if self.flow.write_paused:
            await self.flow.drain()
        if exchange.disconnected:
            return
        self._write(reply, exchange)
        exchange.response_complete = True
        if self.pipeline or self.transport.is_closing():
            self.on_response_complete()
        else:
            self.server_state.total_requests += 1
            self._rest_from(self.loop.time())

    def _write(self, reply: Reply, exchange: _Exchange) -> None:
        """Head and body as one write, and the connection's end if it is the last."""
        first, body = _first_lines(reply.status, *reply.headers.items()), reply.body
        ends = "connection" in reply.headers
        if not (exchange.keep_alive or ends):
            ends = True
            first += b"connection: close\r\n"
        usual = _usual.lines(self.server_state.default_headers)
        self.transport.write(b"%b%bcontent-length: %d\r\n\r\n%b" % (first, usual, len(body), body))
        if ends:
            self.transport.close()

    def _rest_from(self, now: float) -> None:
        """One timer watches a connection that rests between its updates, not one after each."""
        self._rests_since = now
        if self._rest is None:
            self._rest = self.loop.call_later(self.timeout_keep_alive, self._look)

    def _look(self) -> None:
        self._rest = None
        left = self._rests_since + self.timeout_keep_alive - self.loop.time()
        if left <= 0:
            self.transport.close()
        elif left < math.inf:
            self._rest = self.loop.call_later(left, self._look)


class _Usual:
    """The headers that all answers have; the server makes another list of them each second."""

    def __init__(self) -> None:
        self._of: Sequence[tuple[bytes, bytes]] = ()
        self._lines = b""

    def lines(self, headers: Sequence[tuple[bytes, bytes]]) -> bytes:
        """As they are written."""
        if headers is not self._of:
            self._of = headers
            self._lines = b"".join([b"%b: %b\r\n" % pair for pair in headers])
        return self._lines


_usual = _Usual()


@cache
def _first_lines(status: int, *headers: tuple[str, str]) -> bytes:
    """The few beginnings that there are."""
    return STATUS_LINE[status] + "".join([f"{k}: {v}\r\n" for k, v in headers]).encode()
