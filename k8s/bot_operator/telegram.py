"""The Bot API, as far as the operator needs it.

The token is in every address, so nothing of the client's (addresses, exceptions) leaves this
module, and every description is scrubbed.
"""

import json
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, Self

import aiohttp

from k8s.bot_operator import metrics
from k8s.bot_operator.bodies import whole
from k8s.bot_operator.observed import Problem, WebhookInfo
from services.chassis import logs

CALL_SECONDS = 10.0
CONNECT_SECONDS = 3.0
LARGEST_ANSWER = 1024 * 1024
LONGEST_WORDS = 200
LONGEST_WAIT = 3600.0
DEFAULT_CONNECTIONS = 40
DEFAULT_UPDATES = frozenset[str]()


class TelegramFault(Exception):
    """A call that did not do what it should; `problem` names no secret."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.reason)
        self.problem = problem


class Telegram:
    """One Bot API server, for any number of bots; each call has ten seconds and is made once."""

    def __init__(self, http: aiohttp.ClientSession, address: str) -> None:
        self._http = http
        self._address = address.rstrip("/")

    @classmethod
    @asynccontextmanager
    async def open(cls, address: str, call_seconds: float = CALL_SECONDS) -> AsyncIterator[Self]:
        """Keeps connections while the block runs."""
        timeout = aiohttp.ClientTimeout(total=call_seconds, sock_connect=CONNECT_SECONDS)
        async with aiohttp.ClientSession(timeout=timeout) as http:
            yield cls(http, address)

    async def call(self, token: str, method: str, **parameters: Any) -> Any:
        """The method's result. Raises TelegramFault."""
        began = time.perf_counter()
        problem, result = await self._asked(token, method, parameters)
        outcome = problem.reason if problem else "ok"
        metrics.CALLS.labels(method, outcome).observe(time.perf_counter() - began)
        if problem:
            raise TelegramFault(problem)
        return result

    async def _asked(
        self, token: str, method: str, parameters: Mapping[str, Any]
    ) -> tuple[Problem | None, Any]:
        url = f"{self._address}/bot{token}/{method}"
        try:
            async with self._http.post(url, json=parameters, allow_redirects=False) as response:
                text = await whole(response, LARGEST_ANSWER)
                return read_answer(response.status, text, token)
        except TimeoutError:
            return Problem(
                reason="TelegramSilent", message="Telegram gave no answer in time."
            ), None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            words = f"Telegram cannot be reached: {type(error).__name__}."
            return Problem(reason="TelegramUnreachable", message=words), None


def read_answer(status: int, text: bytes, token: str) -> tuple[Problem | None, Any]:
    """The result, or what is wrong, without the token."""
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        words = f"Something between Telegram and us answered {status} without JSON."
        return Problem(reason="TelegramDown", message=words), None
    if status == 200 and body.get("ok") is True:
        return None, body.get("result")
    words = clean(str(body.get("description", "")), token)
    return _problem(status, words, _wait(body)), None


def clean(words: str, token: str) -> str:
    """Telegram's words, short, without the token."""
    return logs.scrubbed(words.replace(token, logs.HIDDEN))[:LONGEST_WORDS]


def _problem(status: int, words: str, wait: float) -> Problem:
    if status in (401, 404):
        words = "Telegram refuses the token: put BotFather's present one into the Secret."
        return Problem(reason="TokenRefused", message=words)
    if status == 429:
        words = f"Telegram asks us to stay away for {wait:.0f} s."
        return Problem(reason="Throttled", message=words, retry_after=wait)
    if status >= 500:
        return Problem(reason="TelegramDown", message=f"Telegram answers {status}: {words}")
    return Problem(reason="TelegramRefused", message=f"Telegram refuses: {words}")


def _wait(body: Mapping[str, Any]) -> float:
    match body.get("parameters"):
        case {"retry_after": int(seconds) | float(seconds)}:
            return min(max(float(seconds), 1.0), LONGEST_WAIT)
    return 1.0


def webhook_info(result: Any, token: str) -> WebhookInfo:
    """getWebhookInfo's result. Raises TelegramFault when it is of another shape."""
    try:
        error_at = result.get("last_error_date")
        return WebhookInfo(
            url=str(result.get("url", "")),
            max_connections=int(result.get("max_connections", DEFAULT_CONNECTIONS)),
            allowed_updates=frozenset(map(str, result.get("allowed_updates") or DEFAULT_UPDATES)),
            pending=int(result.get("pending_update_count", 0)),
            error_at=datetime.fromtimestamp(error_at, UTC) if error_at else None,
            error=clean(str(result.get("last_error_message", "")), token),
        )
    except (AttributeError, TypeError, ValueError, OverflowError, OSError):
        raise odd("getWebhookInfo") from None


def odd(method: str) -> TelegramFault:
    """An answer that has not the shape the Bot API promises."""
    words = f"{method} was answered in a way that the Bot API does not know."
    return TelegramFault(Problem(reason="TelegramOdd", message=words))
