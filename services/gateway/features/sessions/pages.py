"""Any page of the coming sessions, back and forth, over a wire that only pages forth."""

from collections.abc import Sequence

from fotbot.sessions.v1.sessions_service_pb2 import (
    ListSessionsRequest,
    ListSessionsResponse,
    SessionView,
)

from services.gateway.calls import Call

PAGE = 5
"""Sessions on one screen."""

MOST = 50
"""Sessions in one answer, by the wire: the first ten screens cost one call each."""


async def first(call: Call) -> ListSessionsResponse:
    """The first page, as sessions tells it."""
    asked = ListSessionsRequest(viewer_id=call.person.user_id, page_size=PAGE)
    return await call.services.sessions.ListSessions(asked)


async def page(call: Call, index: int) -> tuple[Sequence[SessionView], int, bool]:
    """The page's sessions, its index, whether another follows. When there are fewer by now: the
    last page that has any."""
    found, more = await _beginning(call, (index + 1) * PAGE)
    last = max((len(found) - 1) // PAGE, 0)
    shown = min(index, last)
    return found[shown * PAGE : (shown + 1) * PAGE], shown, more and shown == index


async def _beginning(call: Call, wanted: int) -> tuple[list[SessionView], bool]:
    found: list[SessionView] = []
    token = ""
    while len(found) < wanted:
        request = ListSessionsRequest(
            viewer_id=call.person.user_id,
            page_size=min(wanted - len(found), MOST),
            page_token=token,
        )
        reply = await call.services.sessions.ListSessions(request)
        found.extend(reply.sessions)
        token = reply.next_page_token
        if not token:
            break
    return found, bool(token)
