"""Reads of what another bot told of an evening that was moved in."""

from sqlalchemy import bindparam, case, func, select

from services.chassis.db import ReadTransaction
from services.sessions.domain.evening import LineUp, MatchId, Told, ToldFigures
from services.sessions.domain.table import Row, SideId
from services.sessions.domain.values import SessionId, UserId
from services.sessions.storage.imports_tables import told_figures, told_results, told_rows
from services.sessions.storage.matches_tables import line_ups, matches

_ROWS = (
    select(told_rows)
    .join_from(told_rows, line_ups, line_ups.c.side_id == told_rows.c.side_id)
    .where(told_rows.c.session_id == bindparam("session_id"))
    .order_by(told_rows.c.place, line_ups.c.number)
)
_FIGURES = (
    select(
        told_figures.c.user_id,
        func.sum(told_figures.c.goals).label("goals"),
        func.sum(told_figures.c.assists).label("assists"),
        func.sum(case((told_figures.c.won, 1), else_=0)).label("wins"),
    )
    .join_from(told_figures, matches, matches.c.id == told_figures.c.match_id)
    .where(matches.c.session_id == bindparam("session_id"))
    .group_by(told_figures.c.user_id)
    .order_by(told_figures.c.user_id)
)
# A score that somebody wrote down says it all.
_RESULTS = (
    select(told_results)
    .join_from(told_results, matches, matches.c.id == told_results.c.match_id)
    .where(matches.c.session_id == bindparam("session_id"))
    .where(matches.c.home_score == 0, matches.c.away_score == 0)
)


def is_moved_in(sides: tuple[LineUp, ...]) -> bool:
    """Sides that teams never formed have ids below zero."""
    return any(side.side_id < 0 for side in sides)


async def told_of(transaction: ReadTransaction, session_id: SessionId) -> Told:
    """Its table and what each player did, as far as the other bot knew."""
    of_session = {"session_id": session_id}
    rows = await transaction.execute(_ROWS, of_session)
    figures = await transaction.execute(_FIGURES, of_session)
    results = await transaction.execute(_RESULTS, of_session)
    return Told(
        table=tuple(
            Row(
                place=row.place,
                side_id=SideId(row.side_id),
                won=row.won,
                drawn=row.drawn,
                lost=row.lost,
                goals_for=row.goals_for,
                goals_against=row.goals_against,
                told_points=row.points,
            )
            for row in rows
        ),
        figures=tuple(
            ToldFigures(
                user_id=UserId(row.user_id), goals=row.goals, assists=row.assists, wins=row.wins
            )
            for row in figures
        ),
        results={MatchId(row.match_id): row.result for row in results},
    )
