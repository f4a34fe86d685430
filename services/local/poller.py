"""Serves the real Telegram from one machine: asks for updates and hands each to the gateway's
webhook as Telegram would, carries out the method in its answer, and lets go of an update only
when the gateway has taken it. Order and lifetimes are update_order.py's."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
import time
from collections import deque
from collections.abc import Mapping
from typing import Any

import aiohttp
from pydantic import Field, SecretStr

from services.chassis.settings import Settings, SettingsError, load
from services.local.bot_api import ApiRefused, ApiSilent, BotApi, may_be_an_answer
from services.local.update_order import lifetime_of, queue_of
from services.local.webhook_call import deliver

log = logging.getLogger("poller")

Update = Mapping[str, Any]


class PollerSettings(Settings):
    """What the poller is told by its environment."""

    bot_token: SecretStr
    """Whose updates. In no log, nor in any error."""

    telegram_api_url: str = "https://api.telegram.org"
    """The public Bot API or a self-hosted one."""

    webhook_url: str
    """Where the gateway takes updates."""

    webhook_secret: SecretStr
    """What the gateway expects in the secret header."""

    webhook_max_connections: int = Field(default=40, ge=1, le=100)
    """How many updates are under way at once."""

    poll_seconds: int = Field(default=50, ge=0, le=50)
    """How long Telegram may wait with its answer while there is nothing new."""

    pause_seconds: float = Field(default=5.0, gt=0)
    """After Telegram failed, and the longest between two attempts at the webhook unless it
    asks for more itself."""


class Poller:
    """The updates under way, in their queues."""

    def __init__(self, settings: PollerSettings, http: aiohttp.ClientSession) -> None:
        token = settings.bot_token.get_secret_value()
        self._settings = settings
        self._http = http
        self._api = BotApi(http, settings.telegram_api_url, token)
        self._slots = asyncio.Semaphore(settings.webhook_max_connections)
        self._queues: dict[str, deque[Update]] = {}
        self._waiting: set[int] = set()
        self._taken: set[int] = set()
        self._next = 0
        self._moved = asyncio.Event()

    async def run(self) -> None:
        """Until cancelled. A bot with a webhook is left alone, and looked at again later."""
        async with asyncio.TaskGroup() as tasks:
            while True:
                try:
                    await self._poll(tasks)
                except ApiSilent as fault:
                    log.warning("Telegram does not answer: %s", fault)
                    await asyncio.sleep(self._settings.pause_seconds)
                except ApiRefused as refusal:
                    log.error("%s", await self._why(refusal))
                    await asyncio.sleep(self._settings.pause_seconds)

    async def _poll(self, tasks: asyncio.TaskGroup) -> None:
        """Asking from `offset` confirms everything before it, so the oldest update that the
        gateway has not taken is where we ask from, and what we have of the rest is skipped."""
        offset = min(self._waiting, default=self._next)
        self._taken = {number for number in self._taken if number >= offset}
        self._moved.clear()
        patience = 0 if self._waiting else self._settings.poll_seconds
        # An empty list means the default kinds; leaving it out would keep an older choice.
        asked = {"offset": offset, "timeout": patience, "allowed_updates": []}
        updates = await self._api.call("getUpdates", asked, timeout=patience + 10)
        fresh = [update for update in updates if self._is_new(update["update_id"])]
        for update in fresh:
            self._enqueue(update, tasks)
        if self._waiting and not fresh:
            await self._something_moves()

    def _is_new(self, number: int) -> bool:
        return number not in self._waiting and number not in self._taken

    def _enqueue(self, update: Update, tasks: asyncio.TaskGroup) -> None:
        number, key = update["update_id"], queue_of(update)
        self._waiting.add(number)
        self._next = number + 1
        if key in self._queues:
            self._queues[key].append(update)
        else:
            self._queues[key] = deque([update])
            tasks.create_task(self._drain(key))

    async def _something_moves(self) -> None:
        try:
            await asyncio.wait_for(self._moved.wait(), 1.0)
        except TimeoutError:
            return  # Time to see whether other chats have something new.

    async def _drain(self, key: str) -> None:
        queue = self._queues[key]
        while queue:
            await self._bring(queue[0])
            number = queue.popleft()["update_id"]
            self._waiting.discard(number)
            self._taken.add(number)
            self._moved.set()
        del self._queues[key]

    async def _bring(self, update: Update) -> None:
        """Tries until the gateway takes it or it is too old to be of use."""
        expires = time.monotonic() + lifetime_of(update)
        pause = 0.25
        while time.monotonic() < expires:
            if await self._attempt(update, pause):
                return
            pause = min(pause * 2, self._settings.pause_seconds)
        log.error("update %s was not taken in time and is dropped", update["update_id"])

    async def _attempt(self, update: Update, pause: float) -> bool:
        secret = self._settings.webhook_secret.get_secret_value()
        async with self._slots:
            outcome = await deliver(self._http, self._settings.webhook_url, secret, update)
            if outcome.done:
                await self._carry_out(outcome.method)
                return True
        log.warning("update %s: the gateway %s", update["update_id"], outcome.words)
        await asyncio.sleep(pause if outcome.retry_after is None else outcome.retry_after)
        return False

    async def _carry_out(self, method: Update | None) -> None:
        """As on the real one, the gateway never learns how it went."""
        if method is None or not may_be_an_answer(method["method"]):
            return
        params = {name: value for name, value in method.items() if name != "method"}
        try:
            await self._api.call(method["method"], params)
        except (ApiRefused, ApiSilent) as fault:
            log.warning("%s was not carried out: %s", method["method"], fault)

    async def _why(self, refusal: ApiRefused) -> str:
        if refusal.code in (401, 404):
            return "Telegram does not know this BOT_TOKEN"
        if refusal.code != 409:
            return f"Telegram refused: {refusal}"
        try:
            host = await self._api.webhook_host()
        except (ApiRefused, ApiSilent):
            host = None
        return served_elsewhere(host) if host else "another program polls for this bot"


def served_elsewhere(host: str) -> str:
    """Why a bot with a webhook is left alone, and what to do about it."""
    return (
        f"this bot is served by a webhook at {host} and is left alone; to serve it from here,"
        " call deleteWebhook, or use another bot's token"
    )


async def poll(settings: PollerSettings) -> None:
    """Until SIGTERM or Ctrl-C. What is under way then is brought again by Telegram."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
        running = asyncio.create_task(Poller(settings, http).run())
        for stop in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(stop, running.cancel)
        await asyncio.wait([running])
        if not running.cancelled():
            running.result()


def main() -> None:
    try:
        settings = load(PollerSettings, os.environ)
    except SettingsError as error:
        sys.exit(f"poller: {error}")
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    asyncio.run(poll(settings))


if __name__ == "__main__":
    main()
