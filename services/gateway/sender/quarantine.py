"""`python -m services.gateway.sender.quarantine list|redrive UPDATE_ID`: broken updates by hand.

To drive one again is to post it to the gateway's webhook as Telegram would. It is marked before,
so that one that breaks again comes back into the quarantine by the usual way.
"""

import asyncio
import os
import re
import sys
from collections.abc import Sequence

import aiohttp
from pydantic import Field, SecretStr

from services.chassis.db import Database
from services.chassis.errors import Refused
from services.chassis.setting_groups import StoreSettings
from services.chassis.settings import SettingsError, load
from services.gateway.sender.quarantined import Quarantined
from services.gateway.sender.storage.quarantine import SqlQuarantine

HEADER = "X-Telegram-Bot-Api-Secret-Token"
# As long as Telegram waits for a webhook.
POST_SECONDS = 60.0
# One that came without a number was given one below zero.
UPDATE_ID = re.compile(r"-?[0-9]{1,18}", re.ASCII)
USAGE = "usage: python -m services.gateway.sender.quarantine list | redrive UPDATE_ID"


class QuarantineSettings(StoreSettings):
    """What the command needs; only `redrive` uses the webhook."""

    webhook_url: str | None = Field(default=None, pattern=r"^https?://\S+$")
    """The gateway's webhook, as Telegram calls it."""

    webhook_secret: SecretStr | None = None
    """The secret that the webhook asks for."""


class CannotRedrive(Exception):
    """Why the update was not taken by the gateway."""


def main(arguments: Sequence[str]) -> None:
    """Run one command; exits with 2 when it or the settings are wrong, with 1 when it failed."""
    try:
        settings = load(QuarantineSettings, os.environ)
        match arguments:
            case ["list"]:
                asyncio.run(show(settings))
            case ["redrive", number] if UPDATE_ID.fullmatch(number):
                asyncio.run(redrive(settings, int(number)))
            case _:
                raise SettingsError(USAGE)
    except SettingsError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
    except (Refused, CannotRedrive) as error:
        sys.exit(str(error))


async def show(settings: QuarantineSettings) -> None:
    """Print what waits, one update a line, without what people wrote."""
    async with Database.open(settings, "sender") as database, database.write() as transaction:
        for kept in await SqlQuarantine(transaction).waiting():
            print(f"{kept.update_id}  bot {kept.bot_id}  {kept.created_at:%Y-%m-%d %H:%M:%SZ}")
            print(f"    {kept.error!a}  {kept.traceparent}")


async def redrive(settings: QuarantineSettings, update_id: int) -> None:
    """Post the update of that number again. Raises CannotRedrive, SettingsError."""
    if not settings.webhook_url or not settings.webhook_secret:
        raise SettingsError("WEBHOOK_URL and WEBHOOK_SECRET are needed to drive an update again")
    async with Database.open(settings, "sender") as database:
        async with database.write() as transaction:
            taken = await SqlQuarantine(transaction).take(update_id)
        if not taken:
            raise CannotRedrive(f"update {update_id} is not in the quarantine")
        for kept in taken:
            try:
                await _post(kept, settings.webhook_url, settings.webhook_secret)
            except CannotRedrive:
                async with database.write() as transaction:
                    await SqlQuarantine(transaction).put(kept)
                raise
            print(f"update {update_id} of bot {kept.bot_id} was handled again")


async def _post(kept: Quarantined, address: str, secret: SecretStr) -> None:
    headers = {HEADER: secret.get_secret_value(), "Content-Type": "application/json"}
    timeout = aiohttp.ClientTimeout(total=POST_SECONDS)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.post(
                address, data=kept.payload, headers=headers, allow_redirects=False
            ) as response,
        ):
            status = response.status
    except (aiohttp.ClientError, TimeoutError) as error:
        raise CannotRedrive(f"the gateway did not answer: {type(error).__name__}") from None
    if status != 200:
        raise CannotRedrive(f"the gateway answered {status}")


if __name__ == "__main__":
    main(sys.argv[1:])
