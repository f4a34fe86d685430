"""An evening in words: table, scores, goals, figures."""

from collections.abc import Iterator

from fotbot.sessions.v1.match_pb2 import (
    MATCH_STATUS_FINISHED,
    Match,
    PlayerFigures,
    TableRow,
)

from services.gateway.features.evening.played import Played
from services.gateway.features.sessions import views as sessions

LISTED = 20
"""Matches, goals or scorers that one text lists."""

LISTED_GOALS = 30


def title(played: Played) -> str:
    """Where and when, and how far it is."""
    session = played.evening.session
    key = "evening.playing" if played.is_playing else "evening.finished"
    return "\n".join(
        [
            played.texts(
                "evening.title",
                venue=session.venue.name,
                when=sessions.when(session, played.texts.language),
            ),
            played.texts("evening.planned" if played.is_planned else key),
        ]
    )


def table(played: Played) -> str:
    """The best first; sides that share places show all of them: 1–3."""
    rows = played.evening.table
    lines = [_row(row, _places(row, list(rows)), played) for row in rows]
    return "\n".join([played.texts("evening.table"), *lines])


def matches(played: Played) -> str:
    """The last ones, in the order of playing."""
    every = played.evening.matches
    if not every:
        return played.texts("evening.matches.none")
    lines = [listed_match(match, played) for match in every[-LISTED:]]
    return "\n".join([played.texts("evening.matches"), *lines])


def listed_match(match: Match, played: Played) -> str:
    return played.texts(
        "evening.match.over" if is_over(match) else "evening.match.playing",
        number=match.number,
        home=played.called(match.home_side_id),
        away=played.called(match.away_side_id),
        score=score(match),
    )


WON, LOST, LEVEL = "+", "−", "="
TOLD = {1: f"{WON}:{LOST}", 2: f"{LOST}:{WON}", 3: f"{LEVEL}:{LEVEL}"}
"""Who won, where the bot that a match was moved in from never wrote the score."""


def score(match: Match) -> str:
    if match.told_result:
        return TOLD[match.told_result]
    return f"{match.home_score}:{match.away_score}"


def is_over(match: Match) -> bool:
    return match.status == MATCH_STATUS_FINISHED


def last_goal(match: Match) -> int:
    """0 without one."""
    return match.goals[-1].id if match.goals else 0


def goals(match: Match, played: Played) -> str:
    """Goal by goal, with the score as it was then."""
    lines = list(_goals(match, played))
    return "\n".join(lines[-LISTED_GOALS:]) or played.texts("evening.goals.none")


def scorers(played: Played) -> str:
    """By goals, then assists."""
    found = played.evening.figures
    if not found:
        return played.texts("evening.scorers.none")
    lines = [_scorer(place, one, played) for place, one in enumerate(found[:LISTED], 1)]
    return "\n".join([played.texts("evening.scorers"), *lines])


def _goals(match: Match, played: Played) -> Iterator[str]:
    home = away = 0
    for goal in match.goals:
        home += goal.side_id == match.home_side_id
        away += goal.side_id == match.away_side_id
        now = f"{home}:{away}"
        if not goal.scorer_id:
            yield played.texts("evening.goal.own", score=now)
        elif goal.assist_id:
            scorer, assist = played.named(goal.scorer_id), played.named(goal.assist_id)
            yield played.texts("evening.goal.assisted", score=now, scorer=scorer, assist=assist)
        else:
            yield played.texts("evening.goal", score=now, scorer=played.named(goal.scorer_id))


def _row(row: TableRow, places: str, played: Played) -> str:
    return played.texts(
        "evening.row",
        places=places,
        side=played.called(row.side_id),
        points=row.points,
        won=row.won,
        drawn=row.drawn,
        lost=row.lost,
        scored=row.goals_for,
        conceded=row.goals_against,
    )


def _places(row: TableRow, rows: list[TableRow]) -> str:
    sharing = sum(one.place == row.place for one in rows)
    return str(row.place) if sharing == 1 else f"{row.place}–{row.place + sharing - 1}"


def _scorer(place: int, figures: PlayerFigures, played: Played) -> str:
    return played.texts(
        "evening.scorer",
        place=place,
        name=played.named(figures.user_id),
        goals=figures.goals,
        assists=figures.assists,
    )
