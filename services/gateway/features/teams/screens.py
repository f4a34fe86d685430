"""Teams as their members see them. What captains see besides is in captain_screens.py."""

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlencode

from fotbot.teams.v1.team_pb2 import Invitation, Member, Team
from fotbot.teams.v1.teams_service_pb2 import GetInvitationResponse

from services.gateway.answers import Button, Screen, Style
from services.gateway.calls import UserId
from services.gateway.features.cancel.callbacks import LeaveConversation
from services.gateway.features.shirts import grid
from services.gateway.features.teams.callbacks import (
    AskDescribing,
    AskLeaving,
    AskRenaming,
    DeclineTeam,
    Invite,
    JoinTeam,
    LeaveTeam,
    ListMembers,
    OpenTeam,
    OpenTeamNumbers,
    RevokeLinks,
    StartTeam,
    TakeNumber,
)
from services.gateway.texts import Html, Texts, dates, typed_at_length
from services.gateway.texts.typed import shown

ROSTER = 25
"""Members that a screen lists; more would not fit into a message whatever their names."""

NAME_SHOWN = 48
DESCRIPTION_SHOWN = 300
"""Code points, so that the largest roster fits into a message with them."""

FEW = 6
"""With fewer a team can hardly play an evening."""


def overview(teams: Sequence[Team], viewer: UserId, texts: Texts) -> Screen:
    """None: how to get one. One: its roster. More: a choice."""
    if not teams:
        return Screen(text=texts("team.none"), buttons=((_start(texts),),))
    if len(teams) == 1:
        return roster(teams[0], viewer, texts, may_start=teams[0].captain_id != viewer)
    rows = [(Button(text=shown(team.name), data=OpenTeam(team_id=team.id)),) for team in teams]
    if all(team.captain_id != viewer for team in teams):
        rows.append((_start(texts),))
    return Screen(text=texts("team.list"), buttons=tuple(rows))


def roster(
    team: Team, viewer: UserId, texts: Texts, *, may_start: bool = False, note: str = ""
) -> Screen:
    """The members in order of joining with their numbers, the captain marked."""
    rows = _captains_rows(team, texts) if team.captain_id == viewer else []
    number = Button(text=texts.plain("team.number"), data=OpenTeamNumbers(team_id=team.id))
    rows += [(number,), (_leave(team, texts),)]
    if may_start:
        rows.append((_start(texts),))
    blocks = [note, _head(team, texts), _lines(team, texts)]
    if len(team.members) < FEW:
        blocks.append(texts.plural("team.few", FEW - len(team.members)))
    return Screen(text="\n\n".join(block for block in blocks if block), buttons=tuple(rows))


def ask_name(texts: Texts, problem: str = "") -> Screen:
    return asking(texts("team.name.ask"), texts, problem)


def asking(question: str, texts: Texts, problem: str = "") -> Screen:
    """A question whose answer is typed, and the way out of it."""
    out = Button(text=texts.plain("cancel.button"), data=LeaveConversation())
    return Screen(text=f"⚠️ {problem}\n\n{question}" if problem else question, buttons=((out,),))


def invitation(
    team: Team, made: Invitation, until: datetime, bot_username: str, texts: Texts
) -> Screen:
    """The link, and a button that hands it on. `until` is when it ends, as the reader's clock
    shows it."""
    link = f"https://t.me/{bot_username}?start=t_{made.token}"
    query = urlencode({"url": link, "text": texts.plain("team.share.text")})
    day = f"{dates.day_month(until.date(), texts.language)}, {until:%H:%M}"
    return Screen(
        text=texts("team.link", name=team.name, link=Html(link), until=day),
        buttons=(
            (Button(text=texts.plain("team.share"), url=f"https://t.me/share/url?{query}"),),
            (Button(text=texts.plain("team.revoke"), data=RevokeLinks(team_id=team.id)),),
            (back(team.id, texts),),
        ),
    )


def invited(invitation: GetInvitationResponse, token: str, texts: Texts) -> Screen:
    """Which team it is, and the question whether to join."""
    join = JoinTeam(token=token)
    size = texts.plural("team.members", invitation.members)
    return Screen(
        text=texts("team.join.ask", name=invitation.team_name, size=size),
        buttons=(
            (Button(text=texts.plain("team.join.yes"), data=join, style=Style.SUCCESS),),
            (Button(text=texts.plain("team.join.no"), data=DeclineTeam()),),
        ),
    )


def leaving(team: Team, viewer: UserId, texts: Texts) -> Screen:
    """The last question; a captain of others first hands over."""
    if team.captain_id == viewer and len(team.members) > 1:
        members = Button(text=texts.plain("team.members.list"), data=ListMembers(team_id=team.id))
        return Screen(
            text=texts("team.leave.captain"), buttons=((members,), (back(team.id, texts),))
        )
    text = texts("team.leave.ask", name=team.name)
    if len(team.members) == 1:
        text = Html(f"{text}\n\n{texts('team.leave.last')}")
    yes = LeaveTeam(team_id=team.id)
    return Screen(
        text=text,
        buttons=(
            (Button(text=texts.plain("team.leave.yes"), data=yes, style=Style.DANGER),),
            (back(team.id, texts),),
        ),
    )


def numbers(team: Team, viewer: UserId, texts: Texts) -> Screen:
    """The viewer's number in the team, and those that are free."""
    own = own_number(team, viewer)
    rows = grid(
        (member.shirt_number for member in team.members),
        own,
        lambda number: TakeNumber(team_id=team.id, shirt=number),
    )
    if own:
        none = TakeNumber(team_id=team.id, shirt=0)
        rows.append((Button(text=texts.plain("team.number.none"), data=none),))
    key = "team.number.own" if own else "team.number.choose"
    rows.append((back(team.id, texts),))
    return Screen(text=texts(key, name=team.name, number=own), buttons=tuple(rows))


def own_number(team: Team, viewer: UserId) -> int:
    """0 when he has none, or is not in."""
    return next((one.shirt_number for one in team.members if one.user_id == viewer), 0)


def back(team_id: int, texts: Texts) -> Button:
    return Button(text=texts.plain("team.back"), data=OpenTeam(team_id=team_id))


def _head(team: Team, texts: Texts) -> str:
    title = texts("team.title", name=team.name)
    head = f"{title} · {texts.plural('team.members', len(team.members))}"
    said = typed_at_length(team.description[:DESCRIPTION_SHOWN])
    return f"{head}\n<i>{said}</i>" if said else head


def _lines(team: Team, texts: Texts) -> str:
    lines = [
        f"{place}. {_member(member, member.user_id == team.captain_id, texts)}"
        for place, member in enumerate(team.members[:ROSTER], start=1)
    ]
    if len(team.members) > ROSTER:
        lines.append(texts.plural("team.more", len(team.members) - ROSTER))
    return "\n".join(lines)


def _member(member: Member, captain: bool, texts: Texts) -> str:
    known = shown(member.name)[:NAME_SHOWN] or texts("team.nameless")
    line = texts("team.captain" if captain else "team.member", name=known)
    return f"{line} · 👕 {member.shirt_number}" if member.shirt_number else line


def _captains_rows(team: Team, texts: Texts) -> list[tuple[Button, ...]]:
    def button(key: str, data: Invite | ListMembers | AskRenaming | AskDescribing) -> Button:
        return Button(text=texts.plain(key), data=data)

    return [
        (button("team.invite", Invite(team_id=team.id)),),
        (button("team.members.list", ListMembers(team_id=team.id)),),
        (
            button("team.rename", AskRenaming(team_id=team.id)),
            button("team.describe", AskDescribing(team_id=team.id)),
        ),
    ]


def _start(texts: Texts) -> Button:
    return Button(text=texts.plain("team.new"), data=StartTeam())


def _leave(team: Team, texts: Texts) -> Button:
    return Button(text=texts.plain("team.leave"), data=AskLeaving(team_id=team.id))
