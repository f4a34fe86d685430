"""What only a team's captain sees: the members one by one, and the last questions."""

from fotbot.teams.v1.team_pb2 import Member, Team

from services.gateway.answers import Button, Screen, Style
from services.gateway.features.teams import screens
from services.gateway.features.teams.callbacks import (
    AskHandingOver,
    AskRemoving,
    ClearDescription,
    HandOver,
    ListMembers,
    OpenMember,
    RemoveMember,
)
from services.gateway.texts import Texts
from services.gateway.texts.typed import shown


def members(team: Team, texts: Texts) -> Screen:
    """Everybody but the captain, each a button."""
    others = [member for member in team.members if member.user_id != team.captain_id]
    rows = [
        (
            Button(
                text=name(member, texts),
                data=OpenMember(team_id=team.id, user_id=member.user_id),
            ),
        )
        for member in others[: screens.ROSTER]
    ]
    key = "team.members.which" if others else "team.members.nobody"
    return Screen(text=texts(key, name=team.name), buttons=(*rows, (screens.back(team.id, texts),)))


def member(team: Team, one: Member, texts: Texts) -> Screen:
    """What may be done with a member."""
    about = {"team_id": team.id, "user_id": one.user_id}
    heir, off = AskHandingOver(**about), AskRemoving(**about)
    return Screen(
        text=texts("team.member.card", name=name(one, texts), team=team.name),
        buttons=(
            (Button(text=texts.plain("team.hand_over"), data=heir),),
            (Button(text=texts.plain("team.remove"), data=off, style=Style.DANGER),),
            (_to_members(team, texts),),
        ),
    )


def removing(team: Team, one: Member, texts: Texts) -> Screen:
    yes = RemoveMember(team_id=team.id, user_id=one.user_id)
    return Screen(
        text=texts("team.remove.ask", name=name(one, texts), team=team.name),
        buttons=(
            (Button(text=texts.plain("team.remove.yes"), data=yes, style=Style.DANGER),),
            (_to_members(team, texts),),
        ),
    )


def handing_over(team: Team, one: Member, texts: Texts) -> Screen:
    yes = HandOver(team_id=team.id, user_id=one.user_id)
    return Screen(
        text=texts("team.hand_over.ask", name=name(one, texts), team=team.name),
        buttons=(
            (Button(text=texts.plain("team.hand_over.yes"), data=yes, style=Style.DANGER),),
            (_to_members(team, texts),),
        ),
    )


def ask_description(team: Team, texts: Texts, problem: str = "") -> Screen:
    """The question, and a way to say nothing where something is said."""
    asked = screens.asking(texts("team.describe.ask"), texts, problem)
    if not team.description:
        return asked
    nothing = ClearDescription(team_id=team.id)
    clear = Button(text=texts.plain("team.describe.clear"), data=nothing)
    return Screen(text=asked.text, buttons=((clear,), *asked.buttons))


def name(one: Member, texts: Texts) -> str:
    """Not escaped."""
    return shown(one.name) or texts.plain("team.nameless")


def _to_members(team: Team, texts: Texts) -> Button:
    return Button(text=texts.plain("team.back"), data=ListMembers(team_id=team.id))
