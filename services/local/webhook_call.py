"""One attempt to hand an update to the gateway's webhook, and what came of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp

HEADER = "X-Telegram-Bot-Api-Secret-Token"
TIMEOUT = aiohttp.ClientTimeout(total=60)
LONGEST_PAUSE = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """`done` means the gateway took it; `words` are for the log."""

    done: bool
    words: str
    retry_after: float | None = None
    """Seconds the gateway asked for."""
    method: Mapping[str, Any] | None = None
    """The Bot API method in the answer's body, with its parameters."""


async def deliver(
    http: aiohttp.ClientSession, url: str, secret: str, update: Mapping[str, Any]
) -> Outcome:
    """Posts the update as Telegram does. Never raises for what the network or gateway does."""
    try:
        async with http.post(
            url,
            json=update,
            headers={HEADER: secret},
            timeout=TIMEOUT,
            allow_redirects=False,
        ) as response:
            body = await response.read()
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        return Outcome(done=False, words=f"no answer ({type(error).__name__})")
    return Outcome(
        done=200 <= response.status < 300,
        words=f"answered {response.status}",
        retry_after=_seconds(response.headers.get("Retry-After")),
        method=_method(body),
    )


def _seconds(header: str | None) -> float | None:
    if header is None or not header.isascii() or not header.isdigit():
        return None
    return min(float(header), LONGEST_PAUSE)


def _method(body: bytes) -> Mapping[str, Any] | None:
    try:
        answer = json.loads(body) if body else None
    except ValueError:
        return None
    return answer if isinstance(answer, dict) and isinstance(answer.get("method"), str) else None
