"""Any page of a span of days, back and forth, over a wire that only pages forth."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from fotbot.sessions.v1 import sessions_service_pb2
from fotbot.sessions.v1.session_pb2 import Session
from google.protobuf.timestamp_pb2 import Timestamp

from services.gateway.calls import Call
from services.gateway.features import clock

DAYS = 14
"""In a span."""

PAGE = 10
"""Sessions on one screen."""

MOST = 50
"""Sessions in one answer, by the wire."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Sessions of one screen, the soonest first."""

    sessions: Sequence[Session]
    first: date
    last: date
    span: int
    index: int
    more: bool


async def page(call: Call, span: int, index: int) -> Page:
    """The page of the span; when there are fewer by now, the last that has any."""
    first = clock.today(call.now) + timedelta(days=span * DAYS)
    found, more = await _first(call, first, (index + 1) * PAGE)
    shown = min(index, max((len(found) - 1) // PAGE, 0))
    return Page(
        sessions=found[shown * PAGE : (shown + 1) * PAGE],
        first=first,
        last=first + timedelta(days=DAYS - 1),
        span=span,
        index=shown,
        more=more and shown == index,
    )


async def _first(call: Call, first: date, wanted: int) -> tuple[list[Session], bool]:
    found: list[Session] = []
    token = ""
    while len(found) < wanted:
        request = sessions_service_pb2.ListAllSessionsRequest(
            actor_id=call.person.user_id,
            since=_midnight(first),
            until=_midnight(first + timedelta(days=DAYS)),
            page_size=min(wanted - len(found), MOST),
            page_token=token,
        )
        reply = await call.services.sessions.ListAllSessions(request)
        found.extend(reply.sessions)
        token = reply.next_page_token
        if not token:
            break
    return found, bool(token)


def _midnight(day: date) -> Timestamp:
    stamp = Timestamp()
    stamp.FromDatetime(datetime.combine(day, time(), ZoneInfo(clock.ZONE)))
    return stamp
