"""Which team, which players: a captain's screens."""

from collections.abc import Sequence

from fotbot.sessions.v1.session_pb2 import Session
from fotbot.teams.v1.team_pb2 import Member, Team

from services.gateway.answers import Button, Screen, Style
from services.gateway.features.cancel.callbacks import LeaveConversation
from services.gateway.features.entries.callbacks import (
    DropPlayer,
    NameSquad,
    SendSquad,
    TakePlayer,
)
from services.gateway.features.entries.squad import Squad
from services.gateway.features.sessions.callbacks import OpenSession
from services.gateway.features.teams.callbacks import Invite, StartTeam
from services.gateway.texts import Texts
from services.gateway.texts.typed import shown

ACROSS = 2
"""Players side by side."""


def choice(session_id: int, teams: Sequence[Team], texts: Texts) -> Screen:
    """Which of the teams; without any: how to get one."""
    back = Button(text=texts.plain("squad.back"), data=OpenSession(session_id=session_id))
    if not teams:
        start = Button(text=texts.plain("team.new"), data=StartTeam())
        return Screen(text=texts("squad.no_team"), buttons=((start,), (back,)))
    rows = [
        (Button(text=shown(team.name), data=NameSquad(session_id=session_id, team_id=team.id)),)
        for team in teams
    ]
    return Screen(text=texts("squad.which"), buttons=(*rows, (back,)))


def too_few(session: Session, team: Team, texts: Texts) -> Screen:
    invite = Button(text=texts.plain("team.invite"), data=Invite(team_id=team.id))
    back = Button(text=texts.plain("squad.back"), data=OpenSession(session_id=session.id))
    text = texts.plural("squad.too_few", len(team.members), team=team.name, size=session.squad_size)
    return Screen(text=text, buttons=((invite,), (back,)))


def picking(squad: Squad, team: Team, texts: Texts, problem: str = "") -> Screen:
    """The roster as buttons; the last one sends once exactly so many are picked."""
    text = texts.plural("squad.pick", squad.size, team=team.name, picked=len(squad.players))
    every = [_player(member, squad, texts) for member in team.members]
    rows = [tuple(every[n : n + ACROSS]) for n in range(0, len(every), ACROSS)]
    if squad.is_complete:
        send = SendSquad(session_id=squad.session_id)
        rows.append((Button(text=texts.plain("squad.send"), data=send, style=Style.SUCCESS),))
    rows.append((Button(text=texts.plain("cancel.button"), data=LeaveConversation()),))
    return Screen(text=f"⚠️ {problem}\n\n{text}" if problem else text, buttons=tuple(rows))


def _player(member: Member, squad: Squad, texts: Texts) -> Button:
    name = member.name or texts.plain("person.unknown")
    if member.user_id in squad.players:
        drop = DropPlayer(session_id=squad.session_id, user_id=member.user_id)
        return Button(text=texts.plain("squad.taken", name=name), data=drop)
    take = TakePlayer(session_id=squad.session_id, user_id=member.user_id)
    return Button(text=texts.plain("squad.free", name=name), data=take)
