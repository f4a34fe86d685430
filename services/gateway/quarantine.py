"""Updates that broke their handler, or were none: kept by the sender, so that a developer can look
at them and drive them again. Nobody waits for it."""

import asyncio
import hashlib
from typing import TYPE_CHECKING

import grpc
import structlog
from fotbot.sender.v1.sender_service_pb2 import QuarantineUpdateRequest

from services.chassis.deadline import budget
from services.chassis.errors import RemoteRefusal, Unanswered
from services.chassis.telemetry import traceparent
from services.gateway.background import Background
from services.gateway.metrics import QUARANTINED_KEPT, QUARANTINED_LOST

if TYPE_CHECKING:
    from fotbot.sender.v1.sender_service_pb2_grpc import SenderServiceAsyncStub

ATTEMPTS = 6
ATTEMPT_SECONDS = 5.0
PAUSE_SECONDS = 1.0
LARGEST_PAYLOAD = 1000 * 1024
"""Bytes; a message between services holds little more."""

LONGEST_ERROR = 1000

log = structlog.get_logger(__name__)


class Quarantine:
    """Hands updates to the sender."""

    def __init__(self, sender: "SenderServiceAsyncStub", background: Background) -> None:
        self._sender = sender
        self._background = background

    def put(self, bot_id: int, update_id: int | None, raw: bytes, error: Exception) -> None:
        """Keeps the raw update. One without an id gets one made of its content, below zero."""
        request = QuarantineUpdateRequest(
            bot_id=bot_id,
            update_id=_id_of(raw) if update_id is None else update_id,
            payload=raw[:LARGEST_PAYLOAD],
            error=f"{type(error).__name__}: {error}"[:LONGEST_ERROR],
            traceparent=traceparent(),
        )
        self._background.start(self._keep(request))

    async def _keep(self, request: QuarantineUpdateRequest) -> None:
        for attempt in range(ATTEMPTS):
            try:
                with budget(ATTEMPT_SECONDS):
                    await self._sender.QuarantineUpdate(request)
            except (Unanswered, RemoteRefusal, grpc.aio.AioRpcError) as error:
                log.warning("an update is not in quarantine yet", attempt=attempt, error=str(error))
                await asyncio.sleep(PAUSE_SECONDS)
            else:
                QUARANTINED_KEPT.inc()
                return
        QUARANTINED_LOST.inc()
        log.error("an update could not be put into quarantine", update_id=request.update_id)


def _id_of(raw: bytes) -> int:
    return -1 - int.from_bytes(hashlib.sha256(raw).digest()[:7], "big")
