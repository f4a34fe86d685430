"""One match: picking its sides, and goal by goal. Each question is a screen of its own, whose
buttons say everything that is known so far: they work whenever they are pressed."""

from collections.abc import Sequence

from aiogram.filters.callback_data import CallbackData
from fotbot.sessions.v1.match_pb2 import LineUp, Match

from services.gateway.answers import Button, Screen, Style
from services.gateway.features.evening import views
from services.gateway.features.evening.callbacks import (
    AddMatch,
    AskAssist,
    AskScorer,
    FinishMatch,
    OpenMatch,
    PickOpponent,
    ReopenMatch,
    ScoreGoal,
    UndoGoal,
)
from services.gateway.features.evening.played import Played
from services.gateway.features.evening.screens import back

ACROSS = 2
"""Players in a row."""

Row = tuple[Button, ...]


def picking_home(played: Played) -> Screen:
    options = [
        _option(
            played.called(side.side_id),
            PickOpponent(session_id=played.session_id, home=side.number),
        )
        for side in played.evening.line_ups
    ]
    return _question(played.texts("evening.add.home"), options, played)


def picking_away(played: Played, home: LineUp) -> Screen:
    """The match is named by its number, so that a second tap adds none."""
    number = len(played.evening.matches) + 1
    options = [
        _option(
            played.called(side.side_id),
            AddMatch(
                session_id=played.session_id, home=home.number, away=side.number, match=number
            ),
        )
        for side in played.evening.line_ups
        if side.side_id != home.side_id
    ]
    question = played.texts("evening.add.away", home=played.called(home.side_id))
    return _question(question, options, played)


def match(one: Match, played: Played) -> Screen:
    """The score and how it came about."""
    texts = played.texts
    text = "\n\n".join(
        [
            texts("evening.match.title", number=one.number),
            views.listed_match(one, played),
            views.goals(one, played),
        ]
    )
    rows = _running(one, played) if played.may_run and played.is_playing else []
    return Screen(text=text, buttons=(*rows, (back(played.session_id, texts),)))


def asking_scorer(one: Match, side: LineUp, played: Played) -> Screen:
    texts, last = played.texts, views.last_goal(one)
    where = {"session_id": played.session_id, "match": one.number, "side": side.number}
    options = [
        _option(played.named(player), AskAssist(**where, scorer=nth, last=last))
        for nth, player in enumerate(side.player_ids, 1)
    ]
    nobody = ScoreGoal(**where, scorer=0, assist=0, last=last)
    question = texts("evening.goal.scorer", side=played.called(side.side_id))
    return Screen(
        text=f"{views.listed_match(one, played)}\n\n{question}",
        buttons=(
            *_in_rows(options),
            (Button(text=texts.plain("evening.goal.nobody"), data=nobody),),
            (_to_match(one, played),),
        ),
    )


def asking_assist(one: Match, side: LineUp, goal: AskAssist, played: Played) -> Screen:
    texts = played.texts

    def scored(assist: int) -> ScoreGoal:
        return ScoreGoal(**goal.model_dump(), assist=assist)

    options = [
        _option(played.named(player), scored(nth))
        for nth, player in enumerate(side.player_ids, 1)
        if nth != goal.scorer
    ]
    question = texts("evening.goal.assist", scorer=played.named(side.player_ids[goal.scorer - 1]))
    alone = Button(text=texts.plain("evening.goal.alone"), data=scored(0), style=Style.PRIMARY)
    return Screen(
        text=f"{views.listed_match(one, played)}\n\n{question}",
        buttons=((alone,), *_in_rows(options), (_to_match(one, played),)),
    )


def _running(one: Match, played: Played) -> list[Row]:
    texts = played.texts
    where = {"session_id": played.session_id, "match": one.number}
    if views.is_over(one):
        return [(Button(text=texts.plain("evening.reopen"), data=ReopenMatch(**where)),)]
    last = views.last_goal(one)
    rows: list[Row] = [
        tuple(
            Button(
                text=texts.plain("evening.goal.add", side=played.called(side.side_id)),
                data=AskScorer(**where, side=side.number),
                style=Style.PRIMARY,
            )
            for side in _sides(one, played)
        )
    ]
    over = Button(
        text=texts.plain("evening.match.finish"), data=FinishMatch(**where), style=Style.SUCCESS
    )
    undo = Button(text=texts.plain("evening.undo"), data=UndoGoal(**where, last=last))
    return [*rows, (undo, over) if last else (over,)]


def _sides(one: Match, played: Played) -> list[LineUp]:
    """Home, away."""
    by_id = {side.side_id: side for side in played.evening.line_ups}
    return [by_id[side_id] for side_id in (one.home_side_id, one.away_side_id)]


def _question(text: str, options: Sequence[Button], played: Played) -> Screen:
    buttons = (*_in_rows(options), (back(played.session_id, played.texts),))
    return Screen(text=text, buttons=buttons)


def _in_rows(options: Sequence[Button]) -> list[Row]:
    return [tuple(options[n : n + ACROSS]) for n in range(0, len(options), ACROSS)]


def _option(text: str, data: CallbackData) -> Button:
    return Button(text=text, data=data)


def _to_match(one: Match, played: Played) -> Button:
    to_match = OpenMatch(session_id=played.session_id, match=one.number)
    return Button(text=played.texts.plain("evening.to_match"), data=to_match)
