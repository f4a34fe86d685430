"""Keeps strangers out: only this machine's own pages and programs may come in.

The socket is bound to the loopback interface; this stops other web pages in the same browser,
whether they post across origins or rebind a name of theirs to 127.0.0.1.
"""

from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

OWN_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data: blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}


class Guard:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        if is_own(Headers(scope=scope)):
            await self._app(scope, receive, send_guarded)
        else:
            await PlainTextResponse("Not from here.\n", 403)(scope, receive, send_guarded)


def is_own(headers: Headers) -> bool:
    """Host must be a loopback name, and Origin, where there is one, the very same place."""
    host, origin = headers.get("Host", ""), headers.get("Origin")
    return _name(f"//{host}") in OWN_NAMES and (origin is None or origin == f"http://{host}")


def _name(address: str) -> str | None:
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None
