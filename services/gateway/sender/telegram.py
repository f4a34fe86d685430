"""The Bot API over HTTP: a method and its parameters in, a verdict out.

The token is in every address, so nothing of the client's (addresses, exceptions) leaves this
module. The client is reqwest, since a call through aiohttp costs as much as all else that a screen
does, twice (`python -m tests.bench.sender_alone`).
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Self

import msgspec
from pydantic import SecretStr
from pyreqwest.bytes import Bytes
from pyreqwest.client import Client, ClientBuilder
from pyreqwest.exceptions import PyreqwestError

from services.gateway.sender.verdicts import Sent, Throttled, Unclear, Verdict, verdict_of

CALL_SECONDS = 10.0
CONNECT_SECONDS = 3.0
IDLE_SECONDS = 30.0


class TelegramSilent(Exception):
    """Telegram has not said who the bot is; the words say why, without the token."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bot:
    """Who the token speaks for."""

    bot_id: int
    username: str


class BotApi:
    """One bot's calls to Telegram, each with a deadline of ten seconds."""

    def __init__(self, client: Client, address: str, token: SecretStr) -> None:
        self._client = client
        self._address = address.rstrip("/")
        self._token = token

    @classmethod
    @asynccontextmanager
    async def open(
        cls, address: str, token: SecretStr, call_seconds: float = CALL_SECONDS
    ) -> AsyncIterator[Self]:
        """Keeps connections to Telegram while the block runs."""
        building = (
            ClientBuilder()
            .default_headers({"Content-Type": "application/json"})
            .timeout(timedelta(seconds=call_seconds))
            .connect_timeout(timedelta(seconds=CONNECT_SECONDS))
            .pool_idle_timeout(timedelta(seconds=IDLE_SECONDS))
            .follow_redirects(False)
            .http1_only()
            .no_proxy()
        )
        async with building.build() as client:
            yield cls(client, address, token)

    async def call(self, method: str, parameters: Mapping[str, Any]) -> Verdict:
        """Make one call. Never raises: what goes wrong on the way is Unclear."""
        answer = await self._ask(method, parameters)
        return answer if isinstance(answer, Unclear) else verdict_of(*answer)

    async def get_me(self) -> Bot:
        """Who the bot is. Raises TelegramSilent."""
        answer = await self._ask("getMe", {})
        if isinstance(answer, Unclear):
            raise TelegramSilent(answer.reason)
        verdict = verdict_of(*answer)
        match verdict, answer[1].get("result"):
            case Sent(), {"id": int(bot_id), "username": str(username)}:
                return Bot(bot_id=bot_id, username=username)
            case Throttled(retry_after=seconds), _:
                raise TelegramSilent(f"asked to come back in {seconds:.0f} s")
        raise TelegramSilent(getattr(verdict, "reason", "an answer that names no bot"))

    async def _ask(
        self, method: str, parameters: Mapping[str, Any]
    ) -> tuple[int, dict[str, Any]] | Unclear:
        url = f"{self._address}/bot{self._token.get_secret_value()}/{method}"
        body = msgspec.json.encode(parameters)
        try:
            response = await self._client.post(url).body_bytes(body).build().send()
            return _read(response.status, await response.bytes())
        except (PyreqwestError, OSError) as error:
            return Unclear(reason=type(error).__name__)


def _read(status: int, text: Bytes) -> tuple[int, dict[str, Any]] | Unclear:
    """A body that is no JSON object comes from something between Telegram and us."""
    try:
        body = msgspec.json.decode(text)
    except (ValueError, RecursionError):
        body = None
    return (status, body) if isinstance(body, dict) else Unclear(reason=f"{status} without JSON")
