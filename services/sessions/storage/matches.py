"""Evenings in Postgres: the port `Pitch` over one write transaction, the port `Evenings` over the
database. Figures are kept in `figures`."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import CursorResult, Executable, Row

from services.chassis.consistency import Position
from services.chassis.db import Database, ReadTransaction, WriteTransaction
from services.sessions.domain.evening import (
    Evening,
    Goal,
    GoalId,
    LineUp,
    Match,
    MatchId,
    MatchStatus,
    Told,
)
from services.sessions.domain.evening_ports import Gathering, Squad
from services.sessions.domain.figures import CAREER, Figures
from services.sessions.domain.table import SideId
from services.sessions.domain.values import Session, SessionId, UserId
from services.sessions.storage import figures, rows
from services.sessions.storage import matches_statements as statements
from services.sessions.storage.outbox import Outbox
from services.sessions.storage.told import is_moved_in, told_of


class SqlPitch:
    """One transaction's view."""

    def __init__(self, transaction: WriteTransaction, outbox: Outbox) -> None:
        self._transaction = transaction
        self._outbox = outbox

    async def evening(self, session: Session) -> Evening:
        """The locked session with all that was played in it."""
        return await _evening(self._transaction, session)

    async def session_of(self, match_id: MatchId) -> SessionId | None:
        """None: no such match."""
        found = await self._execute(statements.SESSION_OF_MATCH, match_id=match_id)
        session_id = found.scalar_one_or_none()
        return None if session_id is None else SessionId(session_id)

    async def begin(self, session_id: SessionId, line_ups: Sequence[LineUp]) -> None:
        """Keep who plays together; the session began now."""
        await self._execute(statements.BEGIN, of_session=session_id)
        sides = [_line_up_row(session_id, line_up) for line_up in line_ups]
        await self._transaction.execute(statements.KEEP_LINE_UP, sides)
        players = [row for line_up in line_ups for row in _player_rows(line_up)]
        await self._transaction.execute(statements.KEEP_PLAYER, players)
        self._outbox.played(session_id)

    async def end(self, session_id: SessionId) -> None:
        """Matches still played are over; the session ended now."""
        await self._execute(statements.END, of_session=session_id)
        await self._execute(statements.FINISH_MATCHES, of_session=session_id)
        self._outbox.played(session_id)

    async def add_match(
        self, session_id: SessionId, number: int, home: SideId, away: SideId
    ) -> Match:
        """A second one of that number breaks a unique key."""
        made = await self._execute(
            statements.ADD_MATCH,
            session_id=session_id,
            number=number,
            home_side_id=home,
            away_side_id=away,
        )
        match_id = MatchId(made.scalar_one())
        self._outbox.played(session_id)
        return Match(id=match_id, session_id=session_id, number=number, home=home, away=away)

    async def add_goal(
        self, match: Match, side: SideId, scorer: UserId | None, assist: UserId | None
    ) -> Goal:
        """A goal, now; the score is kept with `save_match`."""
        made = await self._execute(
            statements.ADD_GOAL,
            match_id=match.id,
            side_id=side,
            scorer_id=scorer,
            assist_id=assist,
        )
        row = made.one()
        self._outbox.played(match.session_id)
        return Goal(id=row.id, side_id=side, scorer_id=scorer, assist_id=assist, at=row.at)

    async def undo_goal(self, goal: Goal) -> None:
        """The row stays, undone."""
        await self._execute(statements.UNDO_GOAL, of_goal=goal.id)

    async def save_match(self, match: Match) -> None:
        """Keep the score and the status."""
        await self._execute(
            statements.SAVE_MATCH,
            of_match=match.id,
            new_home_score=match.home_score,
            new_away_score=match.away_score,
            new_status=match.status.value,
        )
        self._outbox.played(match.session_id)

    async def count(self, added: Sequence[Figures], season: int) -> None:
        """Add them to the people's season and to their careers."""
        await figures.add(self._transaction, added, season)
        self._outbox.counted([one.user_id for one in added], (season, CAREER))

    async def withdraw_coupon(self, session_id: SessionId) -> bool:
        """False when it is used."""
        used = await self._execute(statements.COUPON_IS_USED, of_session=session_id)
        if used.scalar_one():
            return False
        await self._execute(statements.WITHDRAW_COUPON, of_session=session_id)
        return True

    async def give_coupon(self, session_id: SessionId, user_id: UserId) -> None:
        """A second one for the session breaks a unique key."""
        await self._execute(statements.GIVE_COUPON, session_id=session_id, user_id=user_id)

    async def _execute(self, statement: Executable, **parameters: object) -> CursorResult[Any]:
        return await self._transaction.execute(statement, parameters)


class SqlEvenings:
    """Reads of evenings."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of_session(self, session_id: SessionId) -> Evening | None:
        """On a replica if one serves."""
        return (await self.of_session_at(session_id))[1]

    async def of_session_at(self, session_id: SessionId) -> tuple[Position, Evening | None]:
        """`of_session`, with the position it was read at."""
        async with self._database.read() as transaction:
            found = await transaction.execute(statements.SESSION, {"session_id": session_id})
            row = found.one_or_none()
            if row is None:
                return transaction.position, None
            evening = await _evening(transaction, rows.session(row, rows.venue(row)))
            return transaction.position, evening

    async def gathering(self, session_id: SessionId) -> Gathering | None:
        """On the primary. The session is read first: whoever comes after that makes its version
        a newer one."""
        async with self._database.read_primary() as transaction:
            found = await transaction.execute(statements.SESSION, {"session_id": session_id})
            row = found.one_or_none()
            if row is None:
                return None
            gathered = await transaction.execute(statements.GATHERED, {"session_id": session_id})
            return _gathering(row, gathered.all())


async def _evening(transaction: ReadTransaction, session: Session) -> Evening:
    of_session = {"session_id": session.id}
    line_ups = await transaction.execute(statements.LINE_UPS, of_session)
    matches = await transaction.execute(statements.MATCHES, of_session)
    sides = tuple(map(_line_up, line_ups))
    played = map(_match, matches)
    told = await told_of(transaction, session.id) if is_moved_in(sides) else Told()
    return Evening(
        session=session,
        line_ups=sides,
        matches=tuple(replace(one, told_result=told.results.get(one.id, 0)) for one in played),
        told=told,
    )


def _gathering(session: Row[Any], entries: Sequence[Row[Any]]) -> Gathering:
    def of_status(status: str) -> list[Row[Any]]:
        return [entry for entry in entries if entry.status == status]

    placed = of_status("confirmed")
    return Gathering(
        session=rows.session(session, rows.venue(session)),
        now=session.now,
        squads=tuple(
            Squad(team_id=entry.team_id, player_ids=tuple(entry.player_ids))
            for entry in placed
            if entry.kind == "team"
        ),
        individuals=tuple(
            player for entry in placed if entry.kind != "team" for player in entry.player_ids
        ),
        pending=len(of_status("pending")),
        waiting=sum(len(entry.player_ids) for entry in of_status("waitlisted")),
    )


def _line_up(row: Row[Any]) -> LineUp:
    return LineUp(
        side_id=SideId(row.side_id),
        number=row.number,
        name=row.name,
        team_id=row.team_id,
        player_ids=tuple(row.player_ids),
    )


def _match(row: Row[Any]) -> Match:
    told = zip(
        row.goal_id,
        row.goal_side_id,
        row.goal_scorer_id,
        row.goal_assist_id,
        row.goal_at,
        strict=True,
    )
    return Match(
        id=MatchId(row.id),
        session_id=SessionId(row.session_id),
        number=row.number,
        home=SideId(row.home_side_id),
        away=SideId(row.away_side_id),
        home_score=row.home_score,
        away_score=row.away_score,
        status=MatchStatus(row.status),
        goals=tuple(
            Goal(id=GoalId(id_), side_id=side, scorer_id=scorer, assist_id=assist, at=at)
            for id_, side, scorer, assist, at in told
        ),
    )


def _line_up_row(session_id: SessionId, line_up: LineUp) -> dict[str, object]:
    return {
        "side_id": line_up.side_id,
        "session_id": session_id,
        "number": line_up.number,
        "name": line_up.name,
        "team_id": line_up.team_id,
    }


def _player_rows(line_up: LineUp) -> list[dict[str, int]]:
    return [
        {"side_id": line_up.side_id, "user_id": player, "position": position}
        for position, player in enumerate(line_up.player_ids)
    ]
