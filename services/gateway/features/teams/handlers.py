"""Shows teams, starts them, leaves them. Inviting and joining are in joining.py."""

from fotbot.teams.v1 import teams_service_pb2
from fotbot.teams.v1.team_pb2 import Team

from services.gateway.answers import Answer, Screen
from services.gateway.calls import Call
from services.gateway.conversations import ENDED, Conversation
from services.gateway.features.feature import Said
from services.gateway.features.teams import screens
from services.gateway.features.teams.callbacks import (
    AskLeaving,
    LeaveTeam,
    OpenTeam,
    StartTeam,
)
from services.gateway.texts.typed import line


async def mine(call: Call, _argument: str = "") -> Answer:
    return Answer(screen=await _overview(call), conversation=ENDED)


async def opened(call: Call, data: OpenTeam) -> Answer:
    team = await _team(call, data.team_id)
    return Answer(screen=screens.roster(team, call.person.user_id, call.texts))


async def started(call: Call, _data: StartTeam) -> Answer:
    return Answer(
        screen=screens.ask_name(call.texts), conversation=Conversation(name="team", step="name")
    )


async def named(call: Call, said: Said) -> Answer:
    name = line(said.text or "")
    if not name:
        return Answer(screen=screens.ask_name(call.texts, call.texts("typed.team")))
    request = teams_service_pb2.CreateTeamRequest(write=call.write(0), name=name)
    team = (await call.services.teams.CreateTeam(request)).team
    note = call.texts("team.created")
    screen = screens.roster(team, call.person.user_id, call.texts, note=note)
    return Answer(screen=screen, conversation=ENDED)


async def asked_leaving(call: Call, data: AskLeaving) -> Answer:
    return Answer(screen=screens.leaving(await _team(call, data.team_id), call.texts))


async def left(call: Call, data: LeaveTeam) -> Answer:
    request = teams_service_pb2.LeaveTeamRequest(write=call.write(0), team_id=data.team_id)
    reply = await call.services.teams.LeaveTeam(request)
    key = "team.dissolved" if reply.dissolved else "team.left"
    return Answer(screen=await _overview(call), toast=call.texts.toast(key))


async def _overview(call: Call) -> Screen:
    request = teams_service_pb2.ListMyTeamsRequest(viewer_id=call.person.user_id)
    teams = (await call.services.teams.ListMyTeams(request)).teams
    return screens.overview(teams, call.person.user_id, call.texts)


async def _team(call: Call, team_id: int) -> Team:
    request = teams_service_pb2.GetTeamRequest(viewer_id=call.person.user_id, team_id=team_id)
    return (await call.services.teams.GetTeam(request)).team
