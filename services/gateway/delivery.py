"""Hands screens to the sender, those of a crowd together. A screen that is lost is made again by
the next press, so a failure is only counted."""

import asyncio
import time
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import grpc
import structlog
from fotbot.sender.v1.sender_service_pb2 import ScreenCall, ShowScreensRequest

from services.chassis import telemetry
from services.chassis.coalesce import Coalescer, Crowded, TooLate
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
MOST_SCREENS = 100
"""In one request, by the wire."""

EXPECTED = (Unanswered, RemoteRefusal, TooLate, Crowded, grpc.aio.AioRpcError)
log = structlog.get_logger(__name__)


class Delivery:
    """The way of screens to the sender. One request at a time, so that one chat's stay in order."""

    def __init__(self, sender: "SenderServiceAsyncStub", background: Background) -> None:
        self._sender = sender
        self._background = background
        self._accepted = SCREENS.labels("accepted")
        self._coalescer = Coalescer[ScreenCall, None](self._hand_over, slots=1, most=MOST_SCREENS)

    async def show(self, screen: ScreenUpdate) -> None:
        """Returns when the sender has it, or after a moment while the work goes on."""
        call = ScreenCall(
            chat_id=screen.chat_id,
            message_id=screen.message_id or 0,
            method=screen.method,
            parameters=screen.parameters.decode(),
            traceparent=telemetry.kept_traceparent(),
        )
        try:
            handed = self._coalescer.board(call, time.monotonic() + HAND_OVER_SECONDS)
        except Crowded as error:
            self._lost(error)
            return
        self._background.follow(handed)
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[None] = loop.create_future()
        handed.add_done_callback(partial(self._handed, waiter))
        timer = loop.call_later(WAIT_SECONDS, _go_on, waiter)
        try:
            await waiter
        finally:
            timer.cancel()

    async def _hand_over(self, calls: Sequence[ScreenCall], ends: float) -> Sequence[None]:
        request = ShowScreensRequest(calls=calls)
        kept = [call.traceparent for call in calls if call.traceparent]
        with budget(max(0.0, ends - time.monotonic())):
            if kept:
                links = [link for other in kept[1:] for link in telemetry.link(other)]
                with telemetry.span("ShowScreens", caller=kept[0], links=links):
                    await self._sender.ShowScreens(request)
            else:
                with telemetry.unkept():
                    await self._sender.ShowScreens(request)
        return [None] * len(calls)

    def _handed(self, waiter: "asyncio.Future[None]", done: "asyncio.Future[None]") -> None:
        _go_on(waiter)
        if done.cancelled():
            return
        if error := done.exception():
            self._lost(error)
        else:
            self._accepted.inc()

    def _lost(self, error: BaseException) -> None:
        SCREENS.labels("lost").inc()
        if not isinstance(error, EXPECTED):
            log.error("a screen was not handed over", exc_info=error)
            return
        log.warning("a screen was not handed over", error=str(error))


def _go_on(waiter: "asyncio.Future[None]") -> None:
    if not waiter.done():
        waiter.set_result(None)
