"""getUpdates: the other way to the same updates, shut while a webhook is set."""

import asyncio
import json
from dataclasses import dataclass, field

from services.local.telegram.bell import Bell
from services.local.telegram.errors import ApiError
from services.local.telegram.methods.webhooks import asked_kinds
from services.local.telegram.params import Params
from services.local.telegram.store import Json
from services.local.telegram.telegram import Telegram

LONGEST_WAIT = 50.0
WEBHOOK_IS_SET = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete "
    "the webhook first"
)
OTHER_POLLER = (
    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is "
    "running"
)


@dataclass(slots=True)
class Polling:
    """One poller at a time: a new request ends the one that waits."""

    telegram: Telegram
    _newer: Bell = field(default_factory=Bell)

    async def get_updates(self, params: Params) -> list[Json]:
        """Waits up to `timeout` seconds; raises ApiError 409."""
        updates = self.telegram.updates
        if updates.webhook():
            raise ApiError(409, WEBHOOK_IS_SET)
        self._newer.ring()
        newer = self._newer.next()
        if (kinds := asked_kinds(params)) is not None:
            updates.allow(kinds)
        offset = params.integer("offset") or 0
        updates.drop_before(offset)
        limit = min(max(params.integer("limit") or 100, 1), 100)
        return await self._wait(offset, limit, params.integer("timeout") or 0, newer)

    async def _wait(
        self, offset: int, limit: int, seconds: float, newer: asyncio.Event
    ) -> list[Json]:
        loop = asyncio.get_running_loop()
        until = loop.time() + min(seconds, LONGEST_WAIT)
        while True:
            arrived = self.telegram.updates.arrived.next()
            found = self.telegram.updates.after(offset - 1, limit)
            if found or loop.time() >= until:
                return [json.loads(update.body) for update in found]
            await _first(arrived, newer, until - loop.time())
            if newer.is_set():
                raise ApiError(409, OTHER_POLLER)


async def _first(one: asyncio.Event, other: asyncio.Event, seconds: float) -> None:
    waits = [asyncio.ensure_future(event.wait()) for event in (one, other)]
    await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    for wait in waits:
        wait.cancel()
