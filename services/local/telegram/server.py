"""The Bot API over HTTP: /bot<token>/<method> and /file/bot<token>/<path>."""

import json
import secrets
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.local.telegram import files, methods
from services.local.telegram.errors import ApiError
from services.local.telegram.params import Params, parse_body
from services.local.telegram.polling import Polling
from services.local.telegram.telegram import Telegram

LARGEST_BODY = 20 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class BotApi:
    telegram: Telegram
    polling: Polling

    def routes(self) -> list[Route]:
        return [
            Route("/bot{token}/{method}", self.method, methods=["GET", "POST"]),
            Route("/file/bot{token}/{path:path}", self.file),
        ]

    async def method(self, request: Request) -> Response:
        try:
            self._check_token(request)
            params = await read_params(request)
            result = await self._call(request.path_params["method"], params)
        except ApiError as error:
            return _json(error.body(), error.code)
        return _json({"ok": True, "result": result}, 200)

    async def file(self, request: Request) -> Response:
        try:
            self._check_token(request)
        except ApiError as error:
            return _json(error.body(), error.code)
        file = files.at_path(self.telegram.store, request.path_params["path"])
        if file is None:
            return _json(ApiError(404, "Not Found").body(), 404)
        return Response(file.content, media_type=file.mime)

    async def _call(self, name: str, params: Params) -> Any:
        if name.lower() == "getupdates":
            return await self.polling.get_updates(params)
        return methods.call(self.telegram, name, params)

    def _check_token(self, request: Request) -> None:
        token = request.path_params["token"].encode("utf-8", "surrogatepass")
        if not secrets.compare_digest(token, self.telegram.token.encode()):
            raise ApiError(401, "Unauthorized")


async def read_params(request: Request) -> Params:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY:
            raise ApiError(413, "Request Entity Too Large")
    return parse_body(request.headers.get("Content-Type", ""), body, dict(request.query_params))


def _json(body: Any, status: int) -> Response:
    """Non-ASCII characters are escaped, as Telegram's server does."""
    return Response(json.dumps(body), status, media_type="application/json")
