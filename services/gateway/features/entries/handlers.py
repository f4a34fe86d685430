"""Leads a captain through registering his team: which team, which players, sent.

Who is picked so far is in the conversation, so a button means the same however often it is
pressed. Who may come is decided by sessions.
"""

from fotbot.sessions.v1 import entries_service_pb2
from fotbot.sessions.v1.entries_service_pb2 import RegisterTeamResponse
from fotbot.teams.v1 import teams_service_pb2
from fotbot.teams.v1.team_pb2 import Team
from msgspec.structs import replace

from services.chassis.errors import RemoteRefusal
from services.gateway.answers import Answer
from services.gateway.calls import Call
from services.gateway.conversations import ENDED, Conversation
from services.gateway.features.clock import instant
from services.gateway.features.create_session.handlers import stale
from services.gateway.features.entries import screens
from services.gateway.features.entries.callbacks import (
    ChooseTeam,
    DropPlayer,
    NameSquad,
    SendSquad,
    TakePlayer,
)
from services.gateway.features.entries.squad import Squad
from services.gateway.features.feature import Said
from services.gateway.features.names import names
from services.gateway.features.sessions import early, views
from services.gateway.features.sessions.card import present
from services.gateway.features.sessions.handlers import look

NAME = "squad"
PLACE = f"{NAME}.picking"
MENDED = frozenset({"NOT_A_MEMBER", "PLAYERS_COUNT_WRONG", "PLAYER_ALREADY_IN"})
"""Refusals that other picks answer."""


async def begun(call: Call, data: ChooseTeam) -> Answer:
    teams = await _led(call)
    if len(teams) != 1:
        return Answer(screen=screens.choice(data.session_id, teams, call.texts))
    return await _name(call, data.session_id, teams[0])


async def named(call: Call, data: NameSquad) -> Answer:
    return await _name(call, data.session_id, await _team(call, data.team_id))


async def taken(call: Call, data: TakePlayer) -> Answer:
    squad = _squad(call, data.session_id)
    if squad is None:
        return await _lost(call, data.session_id)
    if squad.is_complete and data.user_id not in squad.players:
        return Answer(toast=call.texts.toast("squad.full"))
    return await _ask(call, squad.with_player(data.user_id))


async def dropped(call: Call, data: DropPlayer) -> Answer:
    squad = _squad(call, data.session_id)
    if squad is None:
        return await _lost(call, data.session_id)
    return await _ask(call, squad.without(data.user_id))


async def said(call: Call, _said: Said) -> Answer:
    """Words instead of a button."""
    squad = Squad.from_answers(call.conversation.data) if call.conversation else None
    if squad is None:
        return stale(call)
    return await _ask(call, squad, call.texts("typed.press"))


async def sent(call: Call, data: SendSquad) -> Answer:
    squad = _squad(call, data.session_id)
    if squad is None:
        return await _lost(call, data.session_id)
    request = entries_service_pb2.RegisterTeamRequest(
        write=call.write(0),
        session_id=squad.session_id,
        team_id=squad.team_id,
        player_ids=squad.players,
    )
    try:
        reply = await call.services.entries.RegisterTeam(request)
    except RemoteRefusal as refusal:
        if refusal.reason not in MENDED:
            return early.told(call, refusal)
        return await _ask(call, squad, await _problem(call, refusal))
    screen = await present(call, reply.session)
    return Answer(screen=screen, toast=_told(call, reply), conversation=ENDED)


async def _led(call: Call) -> list[Team]:
    """The teams whose captain the caller is."""
    request = teams_service_pb2.ListMyTeamsRequest(viewer_id=call.person.user_id)
    teams = (await call.services.teams.ListMyTeams(request)).teams
    return [team for team in teams if team.captain_id == call.person.user_id]


async def _team(call: Call, team_id: int) -> Team:
    request = teams_service_pb2.GetTeamRequest(viewer_id=call.person.user_id, team_id=team_id)
    return (await call.services.teams.GetTeam(request)).team


async def _name(call: Call, session_id: int, team: Team) -> Answer:
    """Begins to pick. All are picked at once when the team is exactly a squad."""
    view = await look(call, session_id)
    if views.is_alive(view) or views.is_over(view.session, call.now):
        note = call.texts("squad.already") if views.is_alive(view) else ""
        return Answer(screen=await present(call, view, note))
    if views.is_early(view.session, call.now):
        return early.early(
            call, instant(view.session.registration_opens_at), view.session.venue.time_zone
        )
    size = view.session.squad_size
    members = [member.user_id for member in team.members]
    if len(members) < size:
        return Answer(screen=screens.too_few(view.session, team, call.texts))
    squad = Squad(
        session_id=session_id,
        team_id=team.id,
        size=size,
        players=tuple(members) if len(members) == size else (),
    )
    return _picking(call, squad, team)


async def _ask(call: Call, squad: Squad, problem: str = "") -> Answer:
    """The roster as it is now; who has left the team is not picked any more."""
    team = await _team(call, squad.team_id)
    return _picking(call, squad.among(member.user_id for member in team.members), team, problem)


def _picking(call: Call, squad: Squad, team: Team, problem: str = "") -> Answer:
    return Answer(
        screen=screens.picking(squad, team, call.texts, problem),
        conversation=Conversation(name=NAME, step="picking", data=squad.to_answers()),
    )


def _squad(call: Call, session_id: int) -> Squad | None:
    """What is picked so far for this session; None where the conversation is another one."""
    conversation = call.conversation
    if conversation is None or conversation.place != PLACE:
        return None
    squad = Squad.from_answers(conversation.data)
    return squad if squad.session_id == session_id else None


async def _lost(call: Call, session_id: int) -> Answer:
    """A conversation that was lost or left starts again; another one is not disturbed."""
    if call.conversation is not None:
        return stale(call)
    answer = await begun(call, ChooseTeam(session_id=session_id))
    return replace(answer, toast=call.texts.toast("conversation.lost"))


async def _problem(call: Call, refusal: RemoteRefusal) -> str:
    """Names who is in the session already, where sessions says it."""
    user_id = refusal.details.get("user_id", "")
    if refusal.reason != "PLAYER_ALREADY_IN" or not user_id.isdecimal():
        return call.texts.refusal(refusal.reason)
    known = await names(call, [int(user_id)])
    return call.texts("squad.already_in", name=known.get(int(user_id), ""))


def _told(call: Call, reply: RegisterTeamResponse) -> str:
    view = reply.session
    if reply.already:
        return call.texts.toast("squad.already")
    if views.is_queued(view):
        return call.texts.toast("squad.queued", place=view.registration.position)
    return call.texts.toast("squad.pending" if views.is_pending(view) else "squad.in")
