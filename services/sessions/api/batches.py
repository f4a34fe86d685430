"""The Batch… methods of SessionsService: each item has what a call of its own would have had."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from fotbot.sessions.v1 import sessions_service_pb2 as messages
from google.protobuf.message import Message

from services.chassis.batches import Outcome, answered, attempted, on_behalf
from services.sessions.api.sessions import Context, SessionsServicer

Single = Callable[[Any, Context], Awaitable[Message]]
Together = Callable[[Sequence[Any]], Awaitable[Sequence[Outcome]]]
Response = TypeVar("Response")


class BatchesServicer(SessionsServicer):
    """SessionsService, for many callers at once too."""

    async def BatchListSessions(
        self, request: messages.BatchListSessionsRequest, context: Context
    ) -> messages.BatchListSessionsResponse:
        """ListSessions for many viewers."""
        return await _one_by_one(
            request, messages.BatchListSessionsResponse(), self.ListSessions, context
        )

    async def BatchGetSessions(
        self, request: messages.BatchGetSessionsRequest, context: Context
    ) -> messages.BatchGetSessionsResponse:
        """GetSession for many viewers."""
        return await _one_by_one(
            request, messages.BatchGetSessionsResponse(), self.GetSession, context
        )

    async def BatchRegister(
        self, request: messages.BatchRegisterRequest, context: Context
    ) -> messages.BatchRegisterResponse:
        """Register for many people."""
        return await _together(request, messages.BatchRegisterResponse(), self._register)

    async def BatchLeave(
        self, request: messages.BatchLeaveRequest, context: Context
    ) -> messages.BatchLeaveResponse:
        """Leave for many people."""
        return await _together(request, messages.BatchLeaveResponse(), self._leave)


async def _one_by_one(
    request: Any, response: Response, single: Single, context: Context
) -> Response:
    async def serve(items: Sequence[Any]) -> Sequence[Outcome]:
        outcomes: list[Outcome] = []
        for item in items:
            with on_behalf(item.context):
                outcomes.append(await attempted(single(item.request, context)))
        return outcomes

    await answered(request, response, serve)
    return response


async def _together(request: Any, response: Response, serve: Together) -> Response:
    await answered(request, response, serve)
    return response
