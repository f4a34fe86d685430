"""Before the evening and after it: whether to start, and who was the best."""

from fotbot.sessions.v1.match_pb2 import LineUp
from fotbot.sessions.v1.matches_service_pb2 import StartForecast
from fotbot.sessions.v1.session_pb2 import Session

from services.gateway.answers import Button, Screen, Style
from services.gateway.features.by_day.callbacks import OpenOrganising
from services.gateway.features.evening.callbacks import (
    AskManOfSession,
    ConfirmStart,
    NameManOfSession,
    PickManOfSession,
)
from services.gateway.features.evening.played import Played
from services.gateway.features.evening.screens import back
from services.gateway.features.sessions import views
from services.gateway.texts import Html, Texts

ACROSS = 2


def starting(session: Session, told: StartForecast, texts: Texts) -> Screen:
    """How many sides it will be, what is not as one would wish, and the button, unless sessions
    would refuse it."""
    title = texts(
        "evening.title", venue=session.venue.name, when=views.when(session, texts.language)
    )
    leave = Button(
        text=texts.plain("evening.organising"), data=OpenOrganising(session_id=session.id)
    )
    if told.refusal:
        text = f"{title}\n\n⚠️ {texts.refusal(told.refusal)}\n\n{_count(told, texts)}"
        return Screen(text=text, buttons=((leave,),))
    start = Button(
        text=texts.plain("evening.start.yes"),
        data=ConfirmStart(session_id=session.id),
        style=Style.SUCCESS,
    )
    lines = [_count(told, texts), *_warnings(session, told, texts)]
    text = "\n\n".join([title, *lines, texts("evening.start.ask")])
    return Screen(text=text, buttons=((start,), (leave,)))


def choosing_side(played: Played) -> Screen:
    options = [
        Button(
            text=played.called(side.side_id),
            data=PickManOfSession(session_id=played.session_id, side=side.number),
        )
        for side in played.evening.line_ups
    ]
    return Screen(
        text=played.texts("evening.man.side"),
        buttons=(
            *(tuple(options[n : n + ACROSS]) for n in range(0, len(options), ACROSS)),
            (back(played.session_id, played.texts),),
        ),
    )


def choosing_man(side: LineUp, played: Played) -> Screen:
    texts = played.texts
    options = [
        Button(
            text=played.named(player),
            data=NameManOfSession(session_id=played.session_id, side=side.number, player=nth),
        )
        for nth, player in enumerate(side.player_ids, 1)
    ]
    again = AskManOfSession(session_id=played.session_id)
    return Screen(
        text=texts("evening.man.player", side=played.called(side.side_id)),
        buttons=(
            *(tuple(options[n : n + ACROSS]) for n in range(0, len(options), ACROSS)),
            (Button(text=texts.plain("evening.man.other_side"), data=again),),
        ),
    )


def _count(told: StartForecast, texts: Texts) -> Html:
    people = sum(told.side_sizes)
    if not people:
        return texts("evening.start.nobody")
    sizes = " + ".join(str(size) for size in told.side_sizes)
    count = texts.plural("evening.start.sides", len(told.side_sizes), sizes=sizes)
    return Html("\n".join([texts.plural("evening.start.players", people), count]))


def _warnings(session: Session, told: StartForecast, texts: Texts) -> list[Html]:
    """What is lost by starting now."""
    warnings = []
    if min(told.side_sizes) < session.squad_size:
        warnings.append(texts("evening.start.short", squad=session.squad_size))
    if told.pending:
        warnings.append(texts.plural("evening.start.pending", told.pending))
    if told.waiting:
        warnings.append(texts.plural("evening.start.waiting", told.waiting))
    return warnings
