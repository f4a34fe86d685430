"""The evening itself: table and matches, sides with numbers, scorers, the end."""

from collections.abc import Mapping

from fotbot.sessions.v1.match_pb2 import LineUp, Match

from services.gateway.answers import Button, Screen, Style
from services.gateway.features.evening import views
from services.gateway.features.evening.callbacks import (
    AskFinishing,
    AskManOfSession,
    FinishEvening,
    NewMatch,
    OpenEvening,
    OpenMatch,
    RefreshEvening,
    ShowFigures,
    ShowSides,
)
from services.gateway.features.evening.played import Played
from services.gateway.features.leaders.callbacks import OpenLeaders
from services.gateway.features.sessions.callbacks import OpenSession
from services.gateway.features.sides.callbacks import OpenNumbers
from services.gateway.texts import Texts

ACROSS = 4
"""Buttons of matches in a row."""

Row = tuple[Button, ...]


def overview(played: Played) -> Screen:
    """What everybody sees; who runs it has its buttons above those of the others."""
    blocks = [views.title(played)]
    if not played.is_planned:
        blocks += [views.table(played), views.matches(played)]
    if man := played.evening.session.man_of_session_id:
        blocks.append(played.texts("evening.man", name=played.named(man)))
    rows = [*_running(played), *_matches(played), *_looking(played)]
    return Screen(text="\n\n".join(blocks), buttons=tuple(rows))


def sides(played: Played, numbers: Mapping[int, int]) -> Screen:
    """Who plays where; `numbers` by person, 0 for none yet."""
    texts = played.texts
    blocks = [_side(side, played, numbers) for side in played.evening.line_ups]
    rows: list[Row] = []
    if played.is_playing and played.viewer.user_id in played.people:
        own = OpenNumbers(session_id=played.session_id)
        rows.append((Button(text=texts.plain("evening.own_number"), data=own),))
    return Screen(
        text="\n\n".join(blocks) or texts("evening.sides.none"),
        buttons=(*rows, (back(played.session_id, texts),)),
    )


def scorers(played: Played) -> Screen:
    text = f"{views.title(played)}\n\n{views.scorers(played)}"
    best = Button(text=played.texts.plain("evening.leaders"), data=OpenLeaders())
    return Screen(text=text, buttons=((best,), (back(played.session_id, played.texts),)))


def finishing(played: Played) -> Screen:
    """The last question before it is over."""
    texts, session_id = played.texts, played.session_id
    open_ = sum(not views.is_over(match) for match in played.evening.matches)
    lines = [texts("evening.finish.ask")]
    if open_:
        lines.append(texts.plural("evening.finish.open", open_))
    yes = Button(
        text=texts.plain("evening.finish.yes"),
        data=FinishEvening(session_id=session_id),
        style=Style.DANGER,
    )
    return Screen(
        text="\n\n".join([*lines, views.table(played)]),
        buttons=((yes,), (back(session_id, texts),)),
    )


def back(session_id: int, texts: Texts) -> Button:
    return Button(text=texts.plain("evening.back"), data=OpenEvening(session_id=session_id))


def _running(played: Played) -> list[Row]:
    texts, session_id = played.texts, played.session_id
    if not played.may_run:
        return []
    if played.is_playing:
        add = NewMatch(session_id=session_id)
        over = AskFinishing(session_id=session_id)
        return [
            (Button(text=texts.plain("evening.add"), data=add, style=Style.PRIMARY),),
            (Button(text=texts.plain("evening.finish"), data=over),),
        ]
    if played.is_finished:
        man = AskManOfSession(session_id=session_id)
        return [(Button(text=texts.plain("evening.man.choose"), data=man),)]
    return []


def _matches(played: Played) -> list[Row]:
    buttons = [_match(match, played) for match in played.evening.matches]
    return [tuple(buttons[n : n + ACROSS]) for n in range(0, len(buttons), ACROSS)]


def _match(match: Match, played: Played) -> Button:
    key = "evening.open.over" if views.is_over(match) else "evening.open.playing"
    return Button(
        text=played.texts.plain(key, number=match.number, score=views.score(match)),
        data=OpenMatch(session_id=played.session_id, match=match.number),
    )


def _looking(played: Played) -> list[Row]:
    texts, session_id = played.texts, played.session_id
    card = Button(text=texts.plain("evening.card"), data=OpenSession(session_id=session_id))
    if played.is_planned:
        return [(card,)]
    return [
        (
            Button(text=texts.plain("evening.sides"), data=ShowSides(session_id=session_id)),
            Button(text=texts.plain("evening.figures"), data=ShowFigures(session_id=session_id)),
        ),
        (
            card,
            Button(
                text=texts.plain("sessions.refresh"), data=RefreshEvening(session_id=session_id)
            ),
        ),
    ]


def _side(side: LineUp, played: Played, numbers: Mapping[int, int]) -> str:
    texts = played.texts
    lines = [texts("evening.side.title", side=played.called(side.side_id))]
    for player in side.player_ids:
        number = numbers.get(player, 0)
        lines.append(
            texts("evening.player", number=number or "–", name=played.named(player)),
        )
    return "\n".join(lines)
