"""The Bot API as the poller needs it. The token is in every address, so no error that leaves
this module carries one, nor the exception that did."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import aiohttp

NEVER_AN_ANSWER = frozenset({"setwebhook", "deletewebhook", "close", "logout"})
"""What Telegram does not carry out from a webhook's answer, besides everything that gets."""

Json = Mapping[str, Any]


class ApiSilent(Exception):
    """No answer, or not one of the Bot API's; the message is the kind of fault alone."""


class ApiRefused(Exception):
    """Telegram said no."""

    def __init__(self, code: int, description: str) -> None:
        super().__init__(f"{code} {description}")
        self.code = code


class BotApi:
    """One bot's methods, by name."""

    def __init__(self, http: aiohttp.ClientSession, url: str, token: str) -> None:
        self._http = http
        self._prefix = f"{url.rstrip('/')}/bot{token}"

    async def call(self, method: str, params: Json, *, timeout: float = 10.0) -> Any:
        """The method's result, within `timeout` seconds. Raises ApiRefused or ApiSilent."""
        limit = aiohttp.ClientTimeout(total=timeout)
        fault: str
        try:
            async with self._http.post(
                f"{self._prefix}/{method}", json=params, timeout=limit
            ) as response:
                answer = await response.json(content_type=None)
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            fault = type(error).__name__
        else:
            if not isinstance(answer, dict):
                raise ApiSilent("answer is not an object")
            if answer.get("ok") is True:
                return answer.get("result")
            raise ApiRefused(int(answer.get("error_code", 0)), str(answer.get("description", "")))
        # Outside the handler, so that the driver's error, with its address, is not the context.
        raise ApiSilent(fault)

    async def webhook_host(self) -> str | None:
        """The host of the webhook that is set; None when none is."""
        info = await self.call("getWebhookInfo", {})
        url = str(info.get("url", "")) if isinstance(info, dict) else ""
        return url.split("/")[2] if url.count("/") >= 2 else url or None


def may_be_an_answer(method: str) -> bool:
    """Would Telegram carry this method out when a webhook's answer names it?"""
    name = method.lower()
    return name.isalnum() and name not in NEVER_AN_ANSWER and not name.startswith("get")
