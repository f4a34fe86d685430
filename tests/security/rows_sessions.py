"""The authorisation table of SessionsService and LeagueService."""

from __future__ import annotations

from typing import Any

from fotbot.sessions.v1 import league_service_pb2 as league
from fotbot.sessions.v1 import session_pb2
from fotbot.sessions.v1 import sessions_service_pb2 as wire

from tests.security.cast import LEAGUE, PRICE, SESSIONS, Cast, Who, at
from tests.security.rows import ADMIN, EVERYBODY, ITS_ORGANISER, ORGANISERS, PEOPLE, Row, machines

IMPORTS = "fotbot.sessions.v1.SessionsImportService"


async def _session(cast: Cast) -> int:
    return (await cast.session()).id


async def _full(cast: Cast) -> int:
    """One with the player and the captain's team in it."""
    session = await cast.session()
    await cast.registered(session.id, cast.id(Who.PLAYER))
    await cast.team_registered(session.id)
    return session.id


async def _venue(cast: Cast) -> int:
    return (await cast.session()).venue.id


async def _broadcast(cast: Cast) -> int:
    """Of the organiser's."""
    request = league.CreateBroadcastRequest(
        write=cast.write(Who.ORGANISER), session_id=await _full(cast), text="Bring a ball"
    )
    made = await cast.land.call(f"{LEAGUE}/CreateBroadcast", request)
    return int(made.broadcast.id)


def _one(batch: Any, **fields: Any) -> Any:
    """A batch of one item."""
    kind = type(batch.items.add().request)
    del batch.items[:]
    batch.items.add().request.CopyFrom(kind(**fields))
    return batch


def _planned(cast: Cast, venue: int, who: Who) -> wire.CreateSessionRequest:
    hours = 100 + 3 * list(Who).index(who)
    return wire.CreateSessionRequest(
        write=cast.write(who),
        venue_id=venue,
        starts_at=at(hours),
        ends_at=at(hours + 1),
        format=session_pb2.FORMAT_FIVE_A_SIDE,
        price=PRICE,
        capacity=10,
    )


_LEAVES = {
    "may": EVERYBODY - {Who.MEMBER},
    "others": "CAPTAINS_BUSINESS",
    "about": "his own entry",
}
_REGISTERS = {"may": PEOPLE, "others": "NOT_REGISTERED", "about": "himself"}

PLANNING = [
    Row(
        method=f"{SESSIONS}/CreateVenue",
        may=ORGANISERS,
        ask=lambda cast, _, who: wire.CreateVenueRequest(write=cast.write(who), name="New"),
    ),
    Row(
        method=f"{SESSIONS}/CreateSession",
        may=ORGANISERS,
        given=_venue,
        ask=_planned,
    ),
    Row(
        method=f"{SESSIONS}/EditSession",
        may=ITS_ORGANISER,
        given=_session,
        ask=lambda cast, session, who: wire.EditSessionRequest(
            write=cast.write(who), session_id=session, price=1000
        ),
    ),
    Row(
        method=f"{SESSIONS}/CancelSession",
        may=ITS_ORGANISER,
        given=_session,
        ask=lambda cast, session, who: wire.CancelSessionRequest(
            write=cast.write(who), session_id=session
        ),
    ),
    Row(
        method=f"{SESSIONS}/ListAllSessions",
        may=ORGANISERS,
        ask=lambda cast, _, who: wire.ListAllSessionsRequest(
            actor_id=cast.id(who), since=at(-24), until=at(24)
        ),
    ),
    Row(
        method=f"{SESSIONS}/ListSessions",
        may=EVERYBODY,
        ask=lambda cast, _, who: wire.ListSessionsRequest(viewer_id=cast.id(who)),
    ),
    Row(
        method=f"{SESSIONS}/BatchListSessions",
        may=EVERYBODY,
        ask=lambda cast, _, who: _one(wire.BatchListSessionsRequest(), viewer_id=cast.id(who)),
    ),
    Row(
        method=f"{SESSIONS}/GetSession",
        may=EVERYBODY,
        given=_session,
        ask=lambda cast, session, who: wire.GetSessionRequest(
            viewer_id=cast.id(who), session_id=session
        ),
    ),
    Row(
        method=f"{SESSIONS}/BatchGetSessions",
        may=EVERYBODY,
        given=_session,
        ask=lambda cast, session, who: _one(
            wire.BatchGetSessionsRequest(), viewer_id=cast.id(who), session_id=session
        ),
    ),
    Row(
        method=f"{SESSIONS}/ListMySessions",
        may=EVERYBODY,
        about="his own",
        ask=lambda cast, _, who: wire.ListMySessionsRequest(viewer_id=cast.id(who)),
    ),
    Row(
        method=f"{SESSIONS}/Register",
        given=_session,
        ask=lambda cast, session, who: wire.RegisterRequest(
            write=cast.write(who), session_id=session
        ),
        **_REGISTERS,
    ),
    Row(
        method=f"{SESSIONS}/BatchRegister",
        given=_session,
        ask=lambda cast, session, who: _one(
            wire.BatchRegisterRequest(), write=cast.write(who), session_id=session
        ),
        **_REGISTERS,
    ),
    Row(
        method=f"{SESSIONS}/Leave",
        given=_full,
        ask=lambda cast, session, who: wire.LeaveRequest(write=cast.write(who), session_id=session),
        **_LEAVES,
    ),
    Row(
        method=f"{SESSIONS}/BatchLeave",
        given=_full,
        ask=lambda cast, session, who: _one(
            wire.BatchLeaveRequest(), write=cast.write(who), session_id=session
        ),
        **_LEAVES,
    ),
]

LEAGUES = [
    Row(
        method=f"{LEAGUE}/GetOrganiserSettings",
        may=ORGANISERS,
        about="his own",
        ask=lambda cast, _, who: league.GetOrganiserSettingsRequest(actor_id=cast.id(who)),
    ),
    Row(
        method=f"{LEAGUE}/EditOrganiserSettings",
        may=ORGANISERS,
        about="his own",
        ask=lambda cast, _, who: league.EditOrganiserSettingsRequest(
            write=cast.write(who), payee="Me"
        ),
    ),
    Row(
        method=f"{LEAGUE}/CountAudience",
        may=ADMIN,
        about="everybody",
        ask=lambda cast, _, who: league.CountAudienceRequest(actor_id=cast.id(who)),
    ),
    Row(
        method=f"{LEAGUE}/CountAudience",
        may=ITS_ORGANISER,
        about="of a session",
        given=_session,
        ask=lambda cast, session, who: league.CountAudienceRequest(
            actor_id=cast.id(who), session_id=session
        ),
    ),
    Row(
        method=f"{LEAGUE}/CreateBroadcast",
        may=ADMIN,
        about="to everybody",
        ask=lambda cast, _, who: league.CreateBroadcastRequest(write=cast.write(who), text="Hi"),
    ),
    Row(
        method=f"{LEAGUE}/CreateBroadcast",
        may=ITS_ORGANISER,
        about="to a session",
        given=_full,
        ask=lambda cast, session, who: league.CreateBroadcastRequest(
            write=cast.write(who), session_id=session, text="Hi"
        ),
    ),
    Row(
        method=f"{LEAGUE}/GetBroadcast",
        may=ITS_ORGANISER,
        given=_broadcast,
        ask=lambda cast, broadcast, who: league.GetBroadcastRequest(
            actor_id=cast.id(who), broadcast_id=broadcast
        ),
    ),
    Row(
        method=f"{LEAGUE}/StopBroadcast",
        may=ITS_ORGANISER,
        given=_broadcast,
        ask=lambda cast, broadcast, who: league.StopBroadcastRequest(
            write=cast.write(who), broadcast_id=broadcast
        ),
    ),
    Row(
        method=f"{LEAGUE}/ListAudit",
        may=ADMIN,
        about="of all sessions",
        ask=lambda cast, _, who: league.ListAuditRequest(actor_id=cast.id(who)),
    ),
    Row(
        method=f"{LEAGUE}/ListAudit",
        may=ITS_ORGANISER,
        about="of a session",
        given=_session,
        ask=lambda cast, session, who: league.ListAuditRequest(
            actor_id=cast.id(who), session_id=session
        ),
    ),
    Row(
        method=f"{LEAGUE}/ExportMine",
        may=EVERYBODY,
        about="of himself",
        ask=lambda cast, _, who: league.ExportMineRequest(actor_id=cast.id(who)),
    ),
]

ROWS = [*PLANNING, *LEAGUES]
MACHINES = [
    *machines(SESSIONS, {"ListVenues": ["gateway"], "ListOpenings": ["operator"]}),
    *machines(LEAGUE, {"GetPaymentDetails": ["gateway"]}),
    *machines(
        IMPORTS,
        {
            "ImportSessions": [],
            "ImportEntries": [],
            "ImportCoupons": [],
            "ImportMatches": [],
            "ImportOpenings": [],
            "SumImported": [],
        },
    ),
]
