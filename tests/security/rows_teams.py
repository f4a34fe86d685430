"""The authorisation table of fotbot.teams.v1 and fotbot.sender.v1."""

from __future__ import annotations

import itertools

from fotbot.sender.v1 import sender_service_pb2 as sender
from fotbot.teams.v1 import sides_service_pb2 as sides
from fotbot.teams.v1 import teams_service_pb2 as wire

from tests.security.cast import SIDE, SIDES, TEAMS, Cast, Who
from tests.security.rows import CAPTAIN, EVERYBODY, PEOPLE, SQUAD, Row, machines

SENDER = "fotbot.sender.v1.SenderService"
IMPORTS = "fotbot.teams.v1.TeamsImportService"
_sessions = itertools.count(2**30)


async def _link(cast: Cast) -> str:
    return await cast.link()


def _line_ups(cast: Cast, who: Who) -> sides.FormSidesRequest:
    return sides.FormSidesRequest(
        write=cast.write(who),
        session_id=next(_sessions),
        individuals=[cast.id(Who.PLAYER), *cast.others],
        squad_size=7,
        least=SIDE,
    )


async def _side(cast: Cast) -> int:
    """The one in which the player plays."""
    formed = await cast.land.call(f"{SIDES}/FormSides", _line_ups(cast, Who.ORGANISER))
    player = cast.id(Who.PLAYER)
    return next(
        int(side.id) for side in formed.sides if player in [one.user_id for one in side.players]
    )


ROWS = [
    Row(
        method=f"{TEAMS}/CreateTeam",
        may=PEOPLE - {Who.CAPTAIN, Who.OTHER_CAPTAIN},
        others="ALREADY_CAPTAIN",
        besides={Who.NOBODY: "NOT_REGISTERED"},
        ask=lambda cast, _, who: wire.CreateTeamRequest(write=cast.write(who), name="New"),
    ),
    Row(
        method=f"{TEAMS}/ListMyTeams",
        may=EVERYBODY,
        about="his own",
        ask=lambda cast, _, who: wire.ListMyTeamsRequest(viewer_id=cast.id(who)),
    ),
    Row(
        method=f"{TEAMS}/GetTeam",
        may=SQUAD,
        callers=frozenset({"gateway", "sessions"}),
        ask=lambda cast, _, who: wire.GetTeamRequest(viewer_id=cast.id(who), team_id=cast.team.id),
    ),
    Row(
        method=f"{TEAMS}/CreateInvitation",
        may=CAPTAIN,
        ask=lambda cast, _, who: wire.CreateInvitationRequest(
            write=cast.write(who), team_id=cast.team.id
        ),
    ),
    Row(
        method=f"{TEAMS}/RevokeInvitations",
        may=CAPTAIN,
        ask=lambda cast, _, who: wire.RevokeInvitationsRequest(
            write=cast.write(who), team_id=cast.team.id
        ),
    ),
    Row(
        method=f"{TEAMS}/JoinTeam",
        may=PEOPLE,
        others="NOT_REGISTERED",
        about="by a link",
        given=_link,
        ask=lambda cast, token, who: wire.JoinTeamRequest(write=cast.write(who), token=token),
    ),
    Row(
        method=f"{TEAMS}/JoinTeam",
        may=frozenset(),
        others="INVITATION_INVALID",
        besides={Who.NOBODY: "NOT_REGISTERED"},
        about="without one",
        ask=lambda cast, _, who: wire.JoinTeamRequest(write=cast.write(who), token="A" * 22),
    ),
    Row(
        method=f"{TEAMS}/EditTeam",
        may=CAPTAIN,
        ask=lambda cast, _, who: wire.EditTeamRequest(
            write=cast.write(who), team_id=cast.team.id, name="New"
        ),
    ),
    Row(
        method=f"{TEAMS}/RemoveMember",
        may=CAPTAIN,
        ask=lambda cast, _, who: wire.RemoveMemberRequest(
            write=cast.write(who), team_id=cast.team.id, user_id=cast.mates[0]
        ),
    ),
    Row(
        method=f"{TEAMS}/HandOver",
        may=CAPTAIN,
        ask=lambda cast, _, who: wire.HandOverRequest(
            write=cast.write(who), team_id=cast.team.id, user_id=cast.id(Who.MEMBER)
        ),
    ),
    Row(
        method=f"{TEAMS}/SetShirtNumber",
        may=SQUAD,
        others="NOT_A_MEMBER",
        about="his own",
        ask=lambda cast, _, who: wire.SetShirtNumberRequest(
            write=cast.write(who), team_id=cast.team.id
        ),
    ),
    Row(
        method=f"{TEAMS}/SetShirtNumber",
        may=CAPTAIN,
        about="a member's",
        ask=lambda cast, _, who: wire.SetShirtNumberRequest(
            write=cast.write(who), team_id=cast.team.id, user_id=cast.mates[0], shirt_number=9
        ),
    ),
    Row(
        method=f"{TEAMS}/LeaveTeam",
        may=EVERYBODY - CAPTAIN,
        others="CAPTAIN_CANNOT_LEAVE",
        about="himself",
        ask=lambda cast, _, who: wire.LeaveTeamRequest(write=cast.write(who), team_id=cast.team.id),
    ),
    Row(
        method=f"{SIDES}/FormSides",
        may=EVERYBODY,
        about="judged by sessions, which alone calls it",
        callers=frozenset({"sessions"}),
        ask=lambda cast, _, who: _line_ups(cast, who),
    ),
    Row(
        method=f"{SIDES}/SetSideNumber",
        may=frozenset({Who.PLAYER}),
        others="NOT_A_MEMBER",
        about="his own in the player's side",
        given=_side,
        ask=lambda cast, side, who: sides.SetSideNumberRequest(
            write=cast.write(who), side_id=side, shirt_number=9
        ),
    ),
    Row(
        method=f"{TEAMS}/ExportMine",
        may=EVERYBODY,
        about="of himself",
        ask=lambda cast, _, who: wire.ExportMineRequest(actor_id=cast.id(who)),
    ),
    Row(
        method=f"{SENDER}/ExportMine",
        may=EVERYBODY,
        about="of himself",
        ask=lambda cast, _, who: sender.ExportMineRequest(actor_id=cast.id(who)),
    ),
]

MACHINES = [
    *machines(TEAMS, {"GetInvitation": ["gateway"], "ListCaptains": ["sessions-worker"]}),
    *machines(SIDES, {"ListSides": ["gateway"]}),
    *machines(IMPORTS, {"ImportTeams": [], "ImportMembers": []}),
    *machines(
        SENDER,
        {
            "SendNotices": ["gateway", "sessions-worker", "teams-worker"],
            "CountNotices": ["gateway"],
            "DropNotices": ["sessions-worker"],
            "ShowScreens": ["gateway"],
            "GetBot": ["gateway"],
            "QuarantineUpdate": ["gateway"],
            "ForgetAccount": ["gateway"],
        },
    ),
]
