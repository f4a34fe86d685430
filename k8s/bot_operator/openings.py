"""When registration opens, and for how large a crowd: asked of sessions."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol, Self

import grpc
from fotbot.sessions.v1.sessions_service_pb2 import ListOpeningsRequest
from fotbot.sessions.v1.sessions_service_pb2 import Opening as OpeningMessage
from fotbot.sessions.v1.sessions_service_pb2_grpc import SessionsServiceStub
from google.protobuf.timestamp_pb2 import Timestamp

from k8s.bot_operator.observed import Opening, Problem
from services.chassis.client import connect
from services.chassis.deadline import budget
from services.chassis.errors import RemoteRefusal, Unanswered

if TYPE_CHECKING:  # exists for the type checker alone
    from fotbot.sessions.v1.sessions_service_pb2_grpc import SessionsServiceAsyncStub

CALL_SECONDS = 5.0
MOST_PAGES = 20


class Openings(Protocol):
    """Whoever knows what opens."""

    async def between(self, after: datetime, before: datetime) -> Sequence[Opening] | Problem:
        """Openings in [after, before), the soonest first."""
        ...


class NoSessions:
    """The operator was not told where sessions is."""

    async def between(self, after: datetime, before: datetime) -> Sequence[Opening] | Problem:
        """A problem, always."""
        words = "SESSIONS_ADDR is not set: nobody can say when registration opens."
        return Problem(reason="NoSessions", message=words)


class SessionsOpenings:
    """Over gRPC; a thousand openings at most."""

    def __init__(self, stub: SessionsServiceAsyncStub, call_seconds: float) -> None:
        self._stub = stub
        self._call_seconds = call_seconds

    @classmethod
    @asynccontextmanager
    async def open(cls, address: str, call_seconds: float = CALL_SECONDS) -> AsyncIterator[Self]:
        """Keeps a channel while the block runs."""
        async with connect("sessions", address) as channel:
            yield cls(SessionsServiceStub(channel), call_seconds)

    async def between(self, after: datetime, before: datetime) -> Sequence[Opening] | Problem:
        """All pages within `call_seconds`."""
        request = ListOpeningsRequest(opens_after=_wire(after), opens_before=_wire(before))
        found: list[Opening] = []
        try:
            with budget(self._call_seconds):
                for _ in range(MOST_PAGES):
                    page = await self._stub.ListOpenings(request)
                    found += map(_opening, page.openings)
                    request.page_token = page.next_page_token
                    if not page.next_page_token:
                        break
        except (Unanswered, RemoteRefusal, grpc.aio.AioRpcError) as error:
            words = f"sessions does not say what opens: {type(error).__name__}."
            return Problem(reason="SessionsSilent", message=words)
        return found


def _opening(one: OpeningMessage) -> Opening:
    return Opening(
        session_id=one.session_id,
        opens_at=one.opens_at.ToDatetime(UTC),
        expected_taps=max(0, one.expected_taps),
    )


def _wire(when: datetime) -> Timestamp:
    stamp = Timestamp()
    stamp.FromDatetime(when)
    return stamp
