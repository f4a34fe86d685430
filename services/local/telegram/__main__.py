"""The local Telegram: one process, one loopback port, one file of data."""

import asyncio
import os
import sys
from contextlib import suppress
from types import FrameType

import uvicorn

from services.chassis import logs
from services.chassis.settings import SettingsError, load
from services.local.telegram.app import application
from services.local.telegram.delivery import Delivery
from services.local.telegram.events import Events
from services.local.telegram.settings import TelegramSettings
from services.local.telegram.telegram import Telegram, open_telegram
from services.local.telegram.updates import Webhook


class Server(uvicorn.Server):
    """Ends the pages' event streams when asked to stop; they would never end by themselves."""

    def __init__(self, config: uvicorn.Config, events: Events) -> None:
        super().__init__(config)
        self._events = events

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        super().handle_exit(sig, frame)
        asyncio.get_running_loop().call_soon_threadsafe(self._events.close)


def opened(settings: TelegramSettings) -> Telegram:
    telegram = open_telegram(
        settings.local_telegram_data,
        settings.bot_token.get_secret_value(),
        organiser=settings.organiser,
        limited=settings.local_telegram_limits,
    )
    if settings.webhook_url:
        webhook = Webhook(
            url=settings.webhook_url,
            secret=settings.webhook_secret.get_secret_value(),
            max_connections=settings.webhook_max_connections,
        )
        telegram.updates.set_webhook(webhook)
    return telegram


def main() -> None:
    try:
        settings = load(TelegramSettings, os.environ)
    except SettingsError as error:
        sys.exit(f"local Telegram: {error}")
    logs.set_up("telegram")
    telegram = opened(settings)
    config = uvicorn.Config(
        application(telegram, Delivery(telegram)),
        host="127.0.0.1",
        port=settings.local_telegram_port,
        access_log=False,
        log_config=None,
        timeout_graceful_shutdown=5,
    )
    with suppress(KeyboardInterrupt):
        Server(config, telegram.events).run()
    telegram.store.close()


if __name__ == "__main__":
    main()
