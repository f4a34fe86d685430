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
    """Idempotent by notice id, as the real one is, and sends nothing: all that it keeps waits.
    While `away`, it takes nothing."""

    def __init__(self) -> None:
        self.notices: dict[str, Notice] = {}
        self.gone: dict[str, Notice] = {}
        """What was dropped."""
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
        known = self.notices.keys() | self.gone.keys()
        new = {one.notice_id: one for one in request.notices if one.notice_id not in known}
        self.notices |= new
        return sender_service_pb2.SendNoticesResponse(accepted=len(new))

    async def CountNotices(
        self, request: sender_service_pb2.CountNoticesRequest, context: Any
    ) -> sender_service_pb2.CountNoticesResponse:
        return sender_service_pb2.CountNoticesResponse(
            waiting=len(_of(request.group, self.notices)),
            undelivered=len(_of(request.group, self.gone)),
        )

    async def DropNotices(
        self, request: sender_service_pb2.DropNoticesRequest, context: Any
    ) -> sender_service_pb2.DropNoticesResponse:
        if self.away:
            raise SenderAway("the sender is away")
        dropped = _of(request.group, self.notices)
        self.gone |= dropped
        self.notices = {id_: one for id_, one in self.notices.items() if id_ not in dropped}
        self.dropped.append(request.group)
        return sender_service_pb2.DropNoticesResponse(dropped=len(dropped))


def _of(group: str, notices: dict[str, Notice]) -> dict[str, Notice]:
    return {id_: one for id_, one in notices.items() if one.group and one.group == group}
