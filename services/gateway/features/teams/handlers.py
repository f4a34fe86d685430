"""Shows teams, starts them, leaves them; one's own number. Inviting and joining are in
joining.py, what captains do in captaincy.py."""

from fotbot.teams.v1 import teams_service_pb2
from fotbot.teams.v1.team_pb2 import Team

from services.chassis.errors import RemoteRefusal
from services.gateway.answers import Answer, Screen
from services.gateway.calls import Call
from services.gateway.conversations import ENDED, Conversation
from services.gateway.features.feature import Said
from services.gateway.features.teams import screens
from services.gateway.features.teams.callbacks import (
    AskLeaving,
    LeaveTeam,
    OpenTeam,
    OpenTeamNumbers,
    StartTeam,
    TakeNumber,
)
from services.gateway.texts.typed import line


async def mine(call: Call, _argument: str = "") -> Answer:
    return Answer(screen=await _overview(call), conversation=ENDED)


async def opened(call: Call, data: OpenTeam) -> Answer:
    team = await look(call, data.team_id)
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
    team = await look(call, data.team_id)
    return Answer(screen=screens.leaving(team, call.person.user_id, call.texts))


async def left(call: Call, data: LeaveTeam) -> Answer:
    request = teams_service_pb2.LeaveTeamRequest(write=call.write(0), team_id=data.team_id)
    reply = await call.services.teams.LeaveTeam(request)
    key = "team.dissolved" if reply.dissolved else "team.left"
    return Answer(screen=await _overview(call), toast=call.texts.toast(key))


async def numbers(call: Call, data: OpenTeamNumbers) -> Answer:
    team = await look(call, data.team_id)
    return Answer(screen=screens.numbers(team, call.person.user_id, call.texts))


async def number_taken(call: Call, data: TakeNumber) -> Answer:
    request = teams_service_pb2.SetShirtNumberRequest(
        write=call.write(0), team_id=data.team_id, shirt_number=data.shirt
    )
    try:
        team = (await call.services.teams.SetShirtNumber(request)).team
    except RemoteRefusal as refusal:
        if refusal.reason != "SHIRT_NUMBER_TAKEN":
            raise
        # Somebody was faster: what is free now.
        team = await look(call, data.team_id)
        screen = screens.numbers(team, call.person.user_id, call.texts)
        return Answer(screen=screen, toast=call.texts.refusal(refusal.reason))
    key = "team.number.taken" if data.shirt else "team.number.given_up"
    return Answer(
        screen=screens.roster(team, call.person.user_id, call.texts),
        toast=call.texts.toast(key, number=data.shirt),
    )


async def look(call: Call, team_id: int) -> Team:
    """A team, as its members may see it."""
    request = teams_service_pb2.GetTeamRequest(viewer_id=call.person.user_id, team_id=team_id)
    return (await call.services.teams.GetTeam(request)).team


async def _overview(call: Call) -> Screen:
    request = teams_service_pb2.ListMyTeamsRequest(viewer_id=call.person.user_id)
    teams = (await call.services.teams.ListMyTeams(request)).teams
    return screens.overview(teams, call.person.user_id, call.texts)
