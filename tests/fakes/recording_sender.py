"""The sender as the gateway meets it: knows who the bot is, writes down what it is given."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

from fotbot.sender.v1 import sender_service_pb2
from fotbot.sender.v1.sender_service_pb2_grpc import SenderServiceServicer

from services.chassis.errors import Unavailable


class BotUnknown(Unavailable):
    """As the sender refuses until Telegram has answered once."""

    reason = "BOT_UNKNOWN"


class RecordingSender(SenderServiceServicer):
    """`screens` are the parameters with their method; `quarantined` is by update id."""

    def __init__(self, bot_id: int) -> None:
        self.bot_id = bot_id
        self.knows = True
        self.screens: list[dict[str, Any]] = []
        self.quarantined: dict[int, sender_service_pb2.QuarantineUpdateRequest] = {}
        self._changed = asyncio.Event()

    async def until(self, condition: Callable[[], bool]) -> None:
        """Waits for what goes on in the background."""
        async with asyncio.timeout(10):
            while not condition():
                self._changed.clear()
                await self._changed.wait()

    async def GetBot(
        self, request: sender_service_pb2.GetBotRequest, context: Any
    ) -> sender_service_pb2.GetBotResponse:
        if not self.knows:
            raise BotUnknown("Telegram has not answered")
        return sender_service_pb2.GetBotResponse(bot_id=self.bot_id, username="FotbotTest")

    async def ShowScreens(
        self, request: sender_service_pb2.ShowScreensRequest, context: Any
    ) -> sender_service_pb2.ShowScreensResponse:
        for call in request.calls:
            shown = {"method": call.method, **json.loads(call.parameters)}
            self.screens.append({**shown, "message_id": call.message_id})
        self._changed.set()
        return sender_service_pb2.ShowScreensResponse(accepted=len(request.calls))

    async def QuarantineUpdate(
        self, request: sender_service_pb2.QuarantineUpdateRequest, context: Any
    ) -> sender_service_pb2.QuarantineUpdateResponse:
        self.quarantined[request.update_id] = request
        self._changed.set()
        return sender_service_pb2.QuarantineUpdateResponse()
