"""Teams as their members see them."""

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlencode

from fotbot.teams.v1.team_pb2 import Invitation, Team

from services.gateway.answers import Button, Screen, Style
from services.gateway.calls import UserId
from services.gateway.features.cancel.callbacks import LeaveConversation
from services.gateway.features.teams.callbacks import (
    AskLeaving,
    DeclineTeam,
    Invite,
    JoinTeam,
    LeaveTeam,
    OpenTeam,
    StartTeam,
)
from services.gateway.texts import Html, Texts, dates
from services.gateway.texts.typed import shown

ROSTER = 25
"""Members that a screen lists; more would not fit into a message whatever their names."""


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
    """The members in order of joining, the captain marked."""
    lines = [
        f"{number}. {_member(member.name, member.user_id == team.captain_id, texts)}"
        for number, member in enumerate(team.members[:ROSTER], start=1)
    ]
    if len(team.members) > ROSTER:
        lines.append(texts.plural("team.more", len(team.members) - ROSTER))
    title = texts("team.title", name=team.name)
    head = f"{title} · {texts.plural('team.members', len(team.members))}"
    rows = [(_leave(team, texts),)]
    if team.captain_id == viewer:
        invite = Invite(team_id=team.id)
        rows.insert(0, (Button(text=texts.plain("team.invite"), data=invite),))
    if may_start:
        rows.append((_start(texts),))
    blocks = [note, head, "\n".join(lines)]
    return Screen(text="\n\n".join(block for block in blocks if block), buttons=tuple(rows))


def ask_name(texts: Texts, problem: str = "") -> Screen:
    question = texts("team.name.ask")
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
            (Button(text=texts.plain("team.back"), data=OpenTeam(team_id=team.id)),),
        ),
    )


def invited(token: str, texts: Texts) -> Screen:
    join = JoinTeam(token=token)
    return Screen(
        text=texts("team.join.ask"),
        buttons=(
            (Button(text=texts.plain("team.join.yes"), data=join, style=Style.SUCCESS),),
            (Button(text=texts.plain("team.join.no"), data=DeclineTeam()),),
        ),
    )


def leaving(team: Team, texts: Texts) -> Screen:
    text = texts("team.leave.ask", name=team.name)
    if len(team.members) == 1:
        text = Html(f"{text}\n\n{texts('team.leave.last')}")
    yes = LeaveTeam(team_id=team.id)
    return Screen(
        text=text,
        buttons=(
            (Button(text=texts.plain("team.leave.yes"), data=yes, style=Style.DANGER),),
            (Button(text=texts.plain("team.back"), data=OpenTeam(team_id=team.id)),),
        ),
    )


def _member(name: str, captain: bool, texts: Texts) -> str:
    known = name or texts("team.nameless")
    return texts("team.captain" if captain else "team.member", name=known)


def _start(texts: Texts) -> Button:
    return Button(text=texts.plain("team.new"), data=StartTeam())


def _leave(team: Team, texts: Texts) -> Button:
    return Button(text=texts.plain("team.leave"), data=AskLeaving(team_id=team.id))
