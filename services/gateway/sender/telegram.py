"""The Bot API over HTTP: a method and its parameters in, a verdict out.

The token is in every address, so nothing of aiohttp's (addresses, exceptions) leaves this module.
"""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Self

import aiohttp
from pydantic import SecretStr

from services.gateway.sender.verdicts import Sent, Throttled, Unclear, Verdict, verdict_of

CALL_SECONDS = 10.0
CONNECT_SECONDS = 3.0


class TelegramSilent(Exception):
    """Telegram has not said who the bot is; the words say why, without the token."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bot:
    """Who the token speaks for."""

    bot_id: int
    username: str


class BotApi:
    """One bot's calls to Telegram, each with a deadline of ten seconds."""

    def __init__(self, session: aiohttp.ClientSession, address: str, token: SecretStr) -> None:
        self._session = session
        self._address = address.rstrip("/")
        self._token = token

    @classmethod
    @asynccontextmanager
    async def open(
        cls, address: str, token: SecretStr, call_seconds: float = CALL_SECONDS
    ) -> AsyncIterator[Self]:
        """Keeps connections to Telegram while the block runs."""
        timeout = aiohttp.ClientTimeout(total=call_seconds, connect=CONNECT_SECONDS)
        async with aiohttp.ClientSession(timeout=timeout) as session:
            yield cls(session, address, token)

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
        try:
            async with self._session.post(url, json=parameters, allow_redirects=False) as response:
                return _read(response.status, await response.read())
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            return Unclear(reason=type(error).__name__)


def _read(status: int, text: bytes) -> tuple[int, dict[str, Any]] | Unclear:
    """A body that is no JSON object comes from something between Telegram and us."""
    try:
        body = json.loads(text)
    except ValueError:
        body = None
    return (status, body) if isinstance(body, dict) else Unclear(reason=f"{status} without JSON")
