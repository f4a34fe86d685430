"""Invites to a team by a link, and joins by one."""

import re
from datetime import UTC

from fotbot.teams.v1 import teams_service_pb2

from services.gateway.answers import Answer, Screen
from services.gateway.calls import Call
from services.gateway.conversations import ENDED
from services.gateway.features.teams import screens
from services.gateway.features.teams.callbacks import INVITATION, DeclineTeam, Invite, JoinTeam
from services.gateway.texts.dates import local

CLOCK = "Asia/Tashkent"
"""By which a link's end is told: a team plays nowhere in particular."""


async def invite(call: Call, data: Invite) -> Answer:
    request = teams_service_pb2.CreateInvitationRequest(write=call.write(0), team_id=data.team_id)
    reply = await call.services.teams.CreateInvitation(request)
    until = local(reply.invitation.expires_at.ToDatetime(tzinfo=UTC), CLOCK)
    return Answer(
        screen=screens.invitation(
            reply.team, reply.invitation, until, call.bot_username, call.texts
        )
    )


async def invited(call: Call, payload: str) -> Answer:
    """The question a link leads to."""
    if re.fullmatch(INVITATION, payload) is None:
        return Answer(screen=Screen(text=call.texts("error.INVITATION_INVALID")))
    request = teams_service_pb2.GetInvitationRequest(token=payload)
    invitation = await call.services.teams.GetInvitation(request)
    return Answer(screen=screens.invited(invitation, payload, call.texts), conversation=ENDED)


async def joined(call: Call, data: JoinTeam) -> Answer:
    request = teams_service_pb2.JoinTeamRequest(write=call.write(0), token=data.token)
    reply = await call.services.teams.JoinTeam(request)
    key = "team.already" if reply.already else "team.joined"
    has_number = screens.own_number(reply.team, call.person.user_id)
    note = "" if has_number else call.texts("team.number.due")
    return Answer(
        screen=screens.roster(reply.team, call.person.user_id, call.texts, note=note),
        toast=call.texts.toast(key, name=reply.team.name),
    )


async def declined(call: Call, _data: DeclineTeam) -> Answer:
    return Answer(screen=Screen(text=call.texts("team.join.declined")))
