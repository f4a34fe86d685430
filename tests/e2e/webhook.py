"""Updates straight to the gateway's door, as Telegram would bring them."""

import asyncio
import itertools
import time
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiogram.filters.callback_data import CallbackData

from tests.e2e.city import SECRET

HEADER = "X-Telegram-Bot-Api-Secret-Token"
# Far from what the local Telegram gives out by itself.
UPDATE_IDS = itertools.count(700_000_000)
PATIENCE_SECONDS = 60.0
Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the webhook answered."""

    status: int
    body: Json = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def toast(self) -> str:
        """The words of an answered tap."""
        assert self.body.get("method") == "answerCallbackQuery", self.body
        return str(self.body.get("text", ""))


async def deliver(http: aiohttp.ClientSession, url: str, update: Json) -> Reply:
    """One update, one answer."""
    async with http.post(url, json=update, headers={HEADER: SECRET}) as response:
        body = await response.json(content_type=None) if response.content_length else {}
        return Reply(status=response.status, body=body or {}, headers=dict(response.headers))


async def until_done(http: aiohttp.ClientSession, url: str, update: Json) -> Reply:
    """Brings the update as Telegram does: again when it is held back, or nobody answers."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while (reply := await _attempt(http, url, update)).status != 200:  # noqa: ASYNC110
            await asyncio.sleep(float(reply.headers["Retry-After"]))
    return reply


async def _attempt(http: aiohttp.ClientSession, url: str, update: Json) -> Reply:
    try:
        return await deliver(http, url, update)
    except aiohttp.ClientConnectionError:
        return Reply(status=503, headers={"Retry-After": "0.1"})


def message(telegram_id: int, text: str, language: str = "en") -> Json:
    """What a person wrote in the private chat."""
    return {
        "update_id": next(UPDATE_IDS),
        "message": {
            "message_id": 1,
            "date": int(time.time()),
            "from": _person(telegram_id, language),
            "chat": {"id": telegram_id, "type": "private", "first_name": "Somebody"},
            "text": text,
            "entities": _entities(text),
        },
    }


def contact(telegram_id: int, of: int) -> Json:
    """A contact shared in the private chat: one's own or another person's."""
    update = message(telegram_id, "")
    del update["message"]["text"], update["message"]["entities"]
    update["message"]["contact"] = {
        "phone_number": f"99890{of:07d}",
        "first_name": "Somebody",
        "user_id": of,
    }
    return update


def photo(telegram_id: int, file_id: str) -> Json:
    """A photo sent in the private chat."""
    update = message(telegram_id, "")
    del update["message"]["text"], update["message"]["entities"]
    size = {"file_id": file_id, "file_unique_id": file_id, "width": 90, "height": 90}
    update["message"]["photo"] = [size]
    return update


def in_group(telegram_id: int, text: str) -> Json:
    """What a person wrote in a group."""
    update = message(telegram_id, text)
    update["message"]["chat"] = {"id": -1_000_000_000_001, "type": "group", "title": "Friends"}
    return update


def tap(telegram_id: int, data: CallbackData, language: str = "en") -> Json:
    """A press of a button under a message of the bot's."""
    update_id = next(UPDATE_IDS)
    return {
        "update_id": update_id,
        "callback_query": {
            "id": str(update_id),
            "from": _person(telegram_id, language),
            "chat_instance": "1",
            "data": data.pack(),
            "message": {
                "message_id": 2,
                "date": int(time.time()),
                "chat": {"id": telegram_id, "type": "private", "first_name": "Somebody"},
                "text": "a card",
            },
        },
    }


def _person(telegram_id: int, language: str) -> Json:
    return {
        "id": telegram_id,
        "is_bot": False,
        "first_name": "Somebody",
        "language_code": language,
    }


def _entities(text: str) -> list[Json]:
    if not text.startswith("/"):
        return []
    return [{"type": "bot_command", "offset": 0, "length": len(text.split()[0])}]
