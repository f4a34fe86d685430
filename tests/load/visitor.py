"""Somebody who uses the bot from outside: his updates one by one, each brought until it is taken,
and what the webhook answered."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiogram.filters.callback_data import CallbackData

from tests.load.updates import fresh_ids, message, tap

HEADER = "X-Telegram-Bot-Api-Secret-Token"
PATIENCE_SECONDS = 60.0
AGAIN_SECONDS = 0.5
HELD_BACK = (429, 502, 503, 504)
Json = dict[str, Any]


class NotServed(Exception):
    """The gateway does not take what is brought; the message says what it said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """A gateway's door for single updates. Raises NotServed."""

    url: str
    secret: str = field(repr=False)
    http: aiohttp.ClientSession
    ids: Callable[[], int] = field(default_factory=fresh_ids)

    async def bring(self, update: Json) -> Json:
        """The method in the answer, or nothing; again until it is taken."""
        end = time.monotonic() + PATIENCE_SECONDS
        while True:
            status, words = await self._attempt(update)
            if status == 200:
                answer: Json = json.loads(words) if words else {}
                return answer
            if status not in (0, *HELD_BACK) or time.monotonic() > end:
                raise NotServed(f"{self.url} answered {status or 'nothing'}: {words[:200]}")
            await asyncio.sleep(AGAIN_SECONDS)

    async def _attempt(self, update: Json) -> tuple[int, str]:
        """0 when it could not be reached."""
        try:
            async with self.http.post(
                self.url, json=update, headers={HEADER: self.secret}
            ) as response:
                return response.status, await response.text()
        except (aiohttp.ClientConnectionError, TimeoutError) as fault:
            return 0, str(fault) or type(fault).__name__


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """One person in his private chat."""

    telegram_id: int
    webhook: Webhook

    async def says(self, text: str) -> Json:
        """Writes."""
        update = message(text, self.telegram_id, self.webhook.ids())
        if not text.startswith("/"):
            del update["message"]["entities"]
        return await self.webhook.bring(update)

    async def presses(self, data: CallbackData) -> Json:
        """A button under some message."""
        return await self.webhook.bring(tap(data.pack(), self.telegram_id, self.webhook.ids()))

    async def shares_contact(self, phone: str) -> Json:
        """His own."""
        update = message("contact", self.telegram_id, self.webhook.ids())
        said: dict[str, Any] = update["message"]
        del said["text"], said["entities"]
        own: Mapping[str, Any] = {"phone_number": phone, "user_id": self.telegram_id}
        said["contact"] = {**own, "first_name": "Ali"}
        return await self.webhook.bring(update)
