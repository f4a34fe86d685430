"""The Batch… methods of SessionsService: each item has what a call of its own would have had."""

from fotbot.sessions.v1 import sessions_service_pb2 as messages

from services.chassis.batches import answered
from services.sessions.api.sessions import Context, SessionsServicer


class BatchesServicer(SessionsServicer):
    """SessionsService, for many callers at once too."""

    async def BatchListSessions(
        self, request: messages.BatchListSessionsRequest, context: Context
    ) -> messages.BatchListSessionsResponse:
        """ListSessions for many viewers."""
        response = messages.BatchListSessionsResponse()
        await answered(request, response, self._seeing.pages)
        return response

    async def BatchGetSessions(
        self, request: messages.BatchGetSessionsRequest, context: Context
    ) -> messages.BatchGetSessionsResponse:
        """GetSession for many viewers."""
        response = messages.BatchGetSessionsResponse()
        await answered(request, response, self._seeing.cards)
        return response

    async def BatchRegister(
        self, request: messages.BatchRegisterRequest, context: Context
    ) -> messages.BatchRegisterResponse:
        """Register for many people."""
        response = messages.BatchRegisterResponse()
        await answered(request, response, self._register)
        return response

    async def BatchLeave(
        self, request: messages.BatchLeaveRequest, context: Context
    ) -> messages.BatchLeaveResponse:
        """Leave for many people."""
        response = messages.BatchLeaveResponse()
        await answered(request, response, self._leave)
        return response
