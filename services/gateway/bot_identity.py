"""Who the bot is. The sender knows, since it alone holds the token; the cluster remembers, so that
a gateway starts while the sender is away."""

import asyncio
import json
from typing import TYPE_CHECKING

import grpc
import structlog
from fotbot.sender.v1.sender_service_pb2 import GetBotRequest

from services.chassis.cache import Cache, CacheDown
from services.chassis.deadline import budget
from services.chassis.errors import RemoteRefusal, Unanswered
from services.gateway.arrivals import Bot

if TYPE_CHECKING:
    from fotbot.sender.v1.sender_service_pb2_grpc import SenderServiceAsyncStub

ASK_SECONDS = 2.0
UNKNOWN_PAUSE_SECONDS = 0.5
KNOWN_PAUSE_SECONDS = 60.0

log = structlog.get_logger(__name__)


class BotIdentity:
    """Learns who the bot is and keeps knowing it."""

    def __init__(self, sender: "SenderServiceAsyncStub", cache: Cache) -> None:
        self._sender = sender
        self._cache = cache
        self._key = cache.key("bot", 1, "current")
        self.bot: Bot | None = None

    def is_known(self) -> bool:
        """For readiness: without it no update can be handled."""
        return self.bot is not None

    def bot_id(self) -> int | None:
        """The bot's id, once known."""
        return self.bot.bot_id if self.bot else None

    async def keep_learning(self) -> None:
        """Asks until the sender has answered, then now and then, until cancelled."""
        await self.recall()
        while True:
            told = await self.ask()
            await asyncio.sleep(KNOWN_PAUSE_SECONDS if told else UNKNOWN_PAUSE_SECONDS)

    async def ask(self) -> bool:
        """Asks the sender once; False when it does not tell."""
        try:
            with budget(ASK_SECONDS):
                answer = await self._sender.GetBot(GetBotRequest())
        except (RemoteRefusal, Unanswered, grpc.aio.AioRpcError) as error:
            log.info("the sender does not tell who the bot is", error=str(error))
            return False
        bot = Bot(bot_id=answer.bot_id, username=answer.username)
        if bot != self.bot:
            self.bot = bot
            await self._remember(bot)
        return True

    async def recall(self) -> None:
        """Takes what the cluster remembers, if anything."""
        try:
            kept = await self._cache.run(self._cache.commands.get(self._key))
            bot_id, username = json.loads(kept or b"")
        except (CacheDown, ValueError, TypeError):
            return
        self.bot = Bot(bot_id=bot_id, username=username)

    async def _remember(self, bot: Bot) -> None:
        value = json.dumps([bot.bot_id, bot.username])
        try:
            await self._cache.run(self._cache.commands.set(self._key, value))
        except CacheDown:
            log.info("the cluster does not remember who the bot is")
