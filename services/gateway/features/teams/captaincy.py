"""What only a team's captain does; who is one is judged by teams."""

from collections.abc import Callable

from fotbot.teams.v1 import teams_service_pb2
from fotbot.teams.v1.team_pb2 import Member, Team

from services.chassis.errors import RemoteRefusal
from services.gateway.answers import Answer, Screen
from services.gateway.calls import Call
from services.gateway.conversations import ENDED, Conversation
from services.gateway.features.feature import Said
from services.gateway.features.teams import captain_screens, screens
from services.gateway.features.teams.callbacks import (
    AskDescribing,
    AskHandingOver,
    AskRemoving,
    AskRenaming,
    ClearDescription,
    HandOver,
    ListMembers,
    OpenMember,
    RemoveMember,
    RevokeLinks,
)
from services.gateway.features.teams.handlers import look
from services.gateway.texts import Texts
from services.gateway.texts.typed import line


async def asked_renaming(call: Call, data: AskRenaming) -> Answer:
    return Answer(
        screen=screens.ask_name(call.texts), conversation=_conversation("rename", data.team_id)
    )


async def renamed(call: Call, said: Said) -> Answer:
    name = line(said.text or "")
    if not name:
        return Answer(screen=screens.ask_name(call.texts, call.texts("typed.team")))
    request = teams_service_pb2.EditTeamRequest(
        write=call.write(0), team_id=_team_of(call), name=name
    )
    return await _edited(call, request, "team.renamed")


async def asked_describing(call: Call, data: AskDescribing) -> Answer:
    team = await look(call, data.team_id)
    return Answer(
        screen=captain_screens.ask_description(team, call.texts),
        conversation=_conversation("describe", data.team_id),
    )


async def described(call: Call, said: Said) -> Answer:
    words = line(said.text or "")
    if not words:
        question = call.texts("team.describe.ask")
        screen = screens.asking(question, call.texts, call.texts("typed.text_due"))
        return Answer(screen=screen)
    request = teams_service_pb2.EditTeamRequest(
        write=call.write(0), team_id=_team_of(call), description=words
    )
    return await _edited(call, request, "team.described")


async def cleared(call: Call, data: ClearDescription) -> Answer:
    request = teams_service_pb2.EditTeamRequest(
        write=call.write(0), team_id=data.team_id, description=""
    )
    return await _edited(call, request, "team.described")


async def revoked(call: Call, data: RevokeLinks) -> Answer:
    request = teams_service_pb2.RevokeInvitationsRequest(write=call.write(0), team_id=data.team_id)
    team = (await call.services.teams.RevokeInvitations(request)).team
    screen = screens.roster(team, call.person.user_id, call.texts)
    return Answer(screen=screen, toast=call.texts.toast("team.revoked"))


async def members(call: Call, data: ListMembers) -> Answer:
    team = await look(call, data.team_id)
    return _captains(call, team) or Answer(screen=captain_screens.members(team, call.texts))


async def member(call: Call, data: OpenMember) -> Answer:
    return await _about(call, data, captain_screens.member)


async def asked_removing(call: Call, data: AskRemoving) -> Answer:
    return await _about(call, data, captain_screens.removing)


async def removed(call: Call, data: RemoveMember) -> Answer:
    request = teams_service_pb2.RemoveMemberRequest(
        write=call.write(0), team_id=data.team_id, user_id=data.user_id
    )
    team = (await call.services.teams.RemoveMember(request)).team
    screen = captain_screens.members(team, call.texts)
    return Answer(screen=screen, toast=call.texts.toast("team.removed"))


async def asked_handing_over(call: Call, data: AskHandingOver) -> Answer:
    return await _about(call, data, captain_screens.handing_over)


async def handed_over(call: Call, data: HandOver) -> Answer:
    request = teams_service_pb2.HandOverRequest(
        write=call.write(0), team_id=data.team_id, user_id=data.user_id
    )
    try:
        team = (await call.services.teams.HandOver(request)).team
    except RemoteRefusal as refusal:
        if refusal.reason != "ALREADY_CAPTAIN":
            raise
        return Answer(toast=call.texts.toast("team.hand_over.leads"), alert=True)
    screen = screens.roster(team, call.person.user_id, call.texts)
    return Answer(screen=screen, toast=call.texts.toast("team.handed_over"))


async def _edited(call: Call, request: teams_service_pb2.EditTeamRequest, key: str) -> Answer:
    team = (await call.services.teams.EditTeam(request)).team
    screen = screens.roster(team, call.person.user_id, call.texts, note=call.texts(key))
    return Answer(screen=screen, conversation=ENDED)


def _conversation(step: str, team_id: int) -> Conversation:
    return Conversation(name="team", step=step, data={"team": str(team_id)})


def _team_of(call: Call) -> int:
    return int(call.conversation.data["team"]) if call.conversation else 0


async def _about(
    call: Call,
    data: OpenMember | AskRemoving | AskHandingOver,
    screen: Callable[[Team, Member, Texts], Screen],
) -> Answer:
    """A screen about a member, or what has become of him."""
    team = await look(call, data.team_id)
    if refused := _captains(call, team):
        return refused
    one = next((member for member in team.members if member.user_id == data.user_id), None)
    if one is None:
        gone = call.texts.toast("team.member.gone")
        return Answer(screen=captain_screens.members(team, call.texts), toast=gone)
    return Answer(screen=screen(team, one, call.texts))


def _captains(call: Call, team: Team) -> Answer | None:
    """Old buttons, or somebody else's: the roster as it is now, for all but the captain."""
    if team.captain_id == call.person.user_id:
        return None
    screen = screens.roster(team, call.person.user_id, call.texts)
    return Answer(screen=screen, toast=call.texts.refusal("NOT_ALLOWED"))
