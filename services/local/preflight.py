"""A look at the real bot before anything is started for it."""

from __future__ import annotations

import aiohttp

from services.local.bot_api import ApiRefused, ApiSilent, BotApi
from services.local.poller import served_elsewhere
from services.local.ward import Tell

UNKNOWN = (401, 404)


class ServedElsewhere(Exception):
    """The bot is not ours to serve; the message says why and what to do."""


async def refuse_a_bot_with_a_webhook(url: str, token: str, say: Tell) -> None:
    """Raises ServedElsewhere. Telegram out of reach is told and no reason to refuse: the poller
    will look again."""
    async with aiohttp.ClientSession() as http:
        try:
            host = await BotApi(http, url, token).webhook_host()
        except ApiRefused as refusal:
            if refusal.code in UNKNOWN:
                raise ServedElsewhere("Telegram does not know this BOT_TOKEN") from None
            say(f"Telegram answered: {refusal}")
            return
        except ApiSilent as fault:
            say(f"Telegram does not answer yet ({fault})")
            return
    if host is not None:
        raise ServedElsewhere(served_elsewhere(host))
