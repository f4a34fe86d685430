"""Hands screens to the sender. A screen that is lost is made again by the next press, so a failure
is only counted."""

import asyncio
import json
from typing import TYPE_CHECKING

import grpc
import structlog
from fotbot.sender.v1.sender_service_pb2 import ScreenCall, ShowScreensRequest

from services.chassis.deadline import budget
from services.chassis.errors import RemoteRefusal, Unanswered
from services.gateway.background import Background
from services.gateway.metrics import SCREENS
from services.gateway.rendering import ScreenUpdate

if TYPE_CHECKING:
    from fotbot.sender.v1.sender_service_pb2_grpc import SenderServiceAsyncStub

WAIT_SECONDS = 0.25
"""How long an answer waits for it, so that one person's screens stay in order."""

HAND_OVER_SECONDS = 3.0

log = structlog.get_logger(__name__)


class Delivery:
    """The way of screens to the sender."""

    def __init__(self, sender: "SenderServiceAsyncStub", background: Background) -> None:
        self._sender = sender
        self._background = background

    async def show(self, screen: ScreenUpdate) -> None:
        """Returns when the sender has it, or after a moment while the work goes on."""
        task = self._background.start(self._hand_over(screen))
        await asyncio.wait({task}, timeout=WAIT_SECONDS)

    async def _hand_over(self, screen: ScreenUpdate) -> None:
        call = ScreenCall(
            chat_id=screen.chat_id,
            message_id=screen.message_id or 0,
            method=screen.method,
            parameters=json.dumps(screen.parameters, separators=(",", ":")),
        )
        try:
            with budget(HAND_OVER_SECONDS):
                await self._sender.ShowScreens(ShowScreensRequest(calls=[call]))
        except (Unanswered, RemoteRefusal, grpc.aio.AioRpcError) as error:
            SCREENS.labels("lost").inc()
            log.warning("a screen was not handed over", error=str(error))
        else:
            SCREENS.labels("accepted").inc()
