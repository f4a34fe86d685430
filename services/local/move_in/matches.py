"""Old matches, tables and careers as the import calls take them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fotbot.sessions.v1 import match_pb2
from fotbot.sessions.v1.sessions_import_service_pb2 import (
    ImportedMatch,
    ImportedMatchFigures,
    ImportedOpening,
)

from services.local.move_in.entries import Ids
from services.local.move_in.old_bot import Row, number_of, text_of

RESULTS = {"HOME": 1, "AWAY": 2, "DRAW": 3}
MOST_GOALS = 999
STAT_PREFIX = "stat:"


def session_key(row: Row) -> str:
    """The legacy id under which the match's evening came in."""
    return row["sessionId"] or f"match:{row['id']}"


def reason_to_leave(row: Row, ids: Ids) -> str:
    """Empty when the match may come in."""
    if session_key(row) not in ids.sessions:
        return "SESSION_LEFT"
    teams = (row["homeTeamId"], row["awayTeamId"])
    return "SIDES_EQUAL" if teams[0] and teams[0] == teams[1] else ""


def match(row: Row, ids: Ids) -> ImportedMatch:
    """With what each player did in it."""
    return ImportedMatch(
        legacy_id=row["id"],
        session_id=ids.sessions[session_key(row)],
        number=row["number"],
        home_team_id=ids.teams.get(row["homeTeamId"] or "", 0),
        away_team_id=ids.teams.get(row["awayTeamId"] or "", 0),
        home_name=text_of(row, "homeName", 64).strip(),
        away_name=text_of(row, "awayName", 64).strip(),
        home_score=number_of(row, "homeScore", 0, MOST_GOALS),
        away_score=number_of(row, "awayScore", 0, MOST_GOALS),
        result=RESULTS.get(text_of(row, "result"), 0),
        figures=[figures(one, ids.users) for one in row["figures"] if one["userId"] in ids.users],
    )


def figures(row: Row, users: Mapping[str, int]) -> ImportedMatchFigures:
    """What a player did in a match."""
    return ImportedMatchFigures(
        legacy_id=STAT_PREFIX + figures_id(row),
        user_id=users[row["userId"]],
        goals=number_of(row, "goals", 0, MOST_GOALS),
        assists=number_of(row, "assists", 0, MOST_GOALS),
        won=bool(row.get("won")),
    )


def figures_id(row: Row) -> str:
    """The row's own id, or what makes it unique."""
    return text_of(row, "id") or f"{row['matchId']}/{row['userId']}"


def table_row(row: Row, ids: Ids) -> ImportedOpening:
    """A team's line in a finished session's table."""
    players: Sequence[str] = row["players"]
    return ImportedOpening(
        legacy_id=row["id"],
        session_id=ids.sessions[row["sessionId"]],
        team_id=ids.teams.get(row["teamId"], 0),
        team_name=text_of(row, "teamName", 64).strip(),
        player_ids=[ids.users[one] for one in players if one in ids.users][:25],
        row=match_pb2.TableRow(
            place=row["place"],
            won=row["won"],
            drawn=row["drawn"],
            lost=row["lost"],
            played=row["won"] + row["drawn"] + row["lost"],
            goals_for=number_of(row, "goalsFor", 0),
            goals_against=number_of(row, "goalsAgainst", 0),
            points=number_of(row, "points", 0),
        ),
    )


def career(row: Row, users: Mapping[str, int]) -> ImportedOpening:
    """A player's figures as they stood."""
    goals, assists, wins = (number_of(row, name, 0) for name in ("goals", "assists", "wins"))
    return ImportedOpening(
        legacy_id=row["userId"],
        career=match_pb2.PlayerFigures(
            user_id=users[row["userId"]],
            goals=goals,
            assists=assists,
            wins=wins,
            matches=row["matches"],
            sessions=row["sessions"],
            times_man_of_session=row["best"],
            doubled_points=6 * wins + 2 * goals + assists,
        ),
    )
