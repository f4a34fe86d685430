"""The sender over gRPC for its callers' tests: it keeps the notices it is given."""

from __future__ import annotations

from typing import Any

from fotbot.sender.v1 import sender_service_pb2
from fotbot.sender.v1.notice_pb2 import Notice
from fotbot.sender.v1.sender_service_pb2_grpc import SenderServiceServicer

from services.chassis.errors import Unavailable


class SenderAway(Unavailable):
    """As a sender without its database refuses."""

    reason = "STORE_UNAVAILABLE"


class FakeSender(SenderServiceServicer):
    """Idempotent by notice id, as the real one is; while `away`, it takes nothing."""

    def __init__(self) -> None:
        self.notices: dict[str, Notice] = {}
        self.dropped: list[str] = []
        """The groups that were to be dropped."""
        self.calls = 0
        self.away = False

    async def SendNotices(
        self, request: sender_service_pb2.SendNoticesRequest, context: Any
    ) -> sender_service_pb2.SendNoticesResponse:
        self.calls += 1
        if self.away:
            raise SenderAway("the sender is away")
        new = [notice for notice in request.notices if notice.notice_id not in self.notices]
        self.notices |= {notice.notice_id: notice for notice in new}
        return sender_service_pb2.SendNoticesResponse(accepted=len(new))

    async def CountNotices(
        self, request: sender_service_pb2.CountNoticesRequest, context: Any
    ) -> sender_service_pb2.CountNoticesResponse:
        members = [notice for notice in self.notices.values() if notice.group == request.group]
        return sender_service_pb2.CountNoticesResponse(waiting=len(members))

    async def DropNotices(
        self, request: sender_service_pb2.DropNoticesRequest, context: Any
    ) -> sender_service_pb2.DropNoticesResponse:
        if self.away:
            raise SenderAway("the sender is away")
        kept = {id_: one for id_, one in self.notices.items() if one.group != request.group}
        gone = len(self.notices) - len(kept)
        self.notices = kept
        self.dropped.append(request.group)
        return sender_service_pb2.DropNoticesResponse(dropped=gone)
