"""The webhook over HTTP: who may speak to us, how much and how slowly. Nothing a stranger sends
is parsed.

One bare ASGI function for the webhook's path, Starlette for every other. Usual requests are
answered without it (quick_webhook.py), in the same way.
"""

import asyncio
import hmac
from collections.abc import Awaitable, Callable, Iterable, MutableMapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import structlog
from starlette.applications import Starlette

from services.chassis.tallies import Count
from services.gateway.metrics import BAD_INPUT, WEBHOOK_RESPONSES
from services.gateway.updates import Reply

SECRET_HEADER = b"x-telegram-bot-api-secret-token"
LARGEST_BODY = 1024 * 1024
BODY_SECONDS = 5.0

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

log = structlog.get_logger(__name__)


class TooLarge(Exception):
    """The body is longer than any update."""


class HungUp(Exception):
    """The caller went away before the body was whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """Where Telegram brings updates, how it shows who it is, and who takes them."""

    path: str
    secrets: Sequence[bytes]
    handle: Callable[[bytes], Awaitable[Reply]]
    body_seconds: float = BODY_SECONDS
    """How long a body may take to arrive."""


def application(webhook: Webhook) -> App:
    """The ASGI application of the gateway's HTTP port."""
    others = Starlette()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != webhook.path:
            await others(scope, receive, send)
            return
        try:
            body = await _admitted(scope, receive, webhook)
        except HungUp:
            return
        reply = body if isinstance(body, Reply) else await webhook.handle(body)
        responses(reply.status).inc()
        await _send(reply, send)

    return app


async def _admitted(scope: Scope, receive: Receive, webhook: Webhook) -> bytes | Reply:
    """The body of one who may speak to us, or the reply to him who may not."""
    if scope["method"] != "POST":
        return closing(405, allow="POST")
    headers = scope["headers"]
    if not is_telegram(header(headers, SECRET_HEADER), webhook.secrets):
        BAD_INPUT.labels("secret").inc()
        return closing(401)
    try:
        async with asyncio.timeout(webhook.body_seconds):
            return await _body(headers, receive)
    except TooLarge:
        BAD_INPUT.labels("too large").inc()
        return closing(413)
    except TimeoutError:
        BAD_INPUT.labels("too slow").inc()
        return closing(408)


def is_telegram(given: bytes | None, secrets: Sequence[bytes]) -> bool:
    """Every secret is compared, in time that does not tell how much of it was right."""
    is_right = False
    for secret in secrets:
        is_right |= hmac.compare_digest(given or b"", secret)
    return is_right


async def _body(headers: Iterable[tuple[bytes, bytes]], receive: Receive) -> bytes:
    length = header(headers, b"content-length")
    if length is not None and length.isdigit() and int(length) > LARGEST_BODY:
        raise TooLarge
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise HungUp
        chunks.append(message.get("body", b""))
        size += len(chunks[-1])
        if size > LARGEST_BODY:
            raise TooLarge
        if not message.get("more_body", False):
            return b"".join(chunks)


def header(headers: Iterable[tuple[bytes, bytes]], name: bytes) -> bytes | None:
    """The header's only value; None when it is missing or given twice."""
    values = [value for found, value in headers if found == name]
    return values[0] if len(values) == 1 else None


def closing(status: int, **headers: str) -> Reply:
    """The rest of the body, if any, is not read: the connection ends."""
    return Reply(status=status, headers={**headers, "connection": "close"})


async def _send(reply: Reply, send: Send) -> None:
    length = (b"content-length", b"%d" % len(reply.body))
    headers = [*_encoded(*reply.headers.items()), length]
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": reply.body})


@cache
def _encoded(*headers: tuple[str, str]) -> tuple[tuple[bytes, bytes], ...]:
    """The few sets of headers that there are."""
    return tuple([(name.encode(), value.encode()) for name, value in headers])


@cache
def responses(status: int) -> Count:
    """Counts the responses of this HTTP status."""
    return WEBHOOK_RESPONSES.labels(str(status))
