"""Who the bot is: Telegram is asked at the start, again and again until it has said so once."""

import asyncio

from services.chassis import logs
from services.chassis.errors import Unavailable
from services.gateway.sender.letters import backoff
from services.gateway.sender.telegram import Bot, BotApi, TelegramSilent

log = logs.logger(__name__)


class BotUnknown(Unavailable):
    """Telegram has not answered getMe yet."""

    reason = "BOT_UNKNOWN"


class Identity:
    """The bot's own id and user name, once they are known."""

    def __init__(self) -> None:
        self._bot: Bot | None = None

    def bot(self) -> Bot:
        """Who the bot is. Raises BotUnknown."""
        if self._bot is None:
            raise BotUnknown("telegram has not said yet who the bot is")
        return self._bot

    async def is_known(self) -> bool:
        """Whether Telegram has said who the bot is."""
        return self._bot is not None

    async def learn(self, telegram: BotApi) -> None:
        """Ask until there is an answer."""
        attempts = 0
        while self._bot is None:
            attempts += 1
            try:
                self._bot = await telegram.get_me()
            except TelegramSilent as error:
                log.warning("telegram does not say who the bot is", error=str(error))
                await asyncio.sleep(backoff(attempts))
