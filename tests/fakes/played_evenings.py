"""Evenings in play as the wire carries them, for screens."""

from __future__ import annotations

from typing import Any

from fotbot.sessions.v1.match_pb2 import (
    MATCH_STATUS_FINISHED,
    MATCH_STATUS_PLAYING,
    Goal,
    LineUp,
    Match,
    PlayerFigures,
    TableRow,
)
from fotbot.sessions.v1.matches_service_pb2 import Evening
from fotbot.sessions.v1.session_pb2 import SESSION_STATUS_STARTED
from fotbot.users.v1.user_pb2 import Person
from fotbot.users.v1.users_service_pb2 import ListPeopleResponse

from tests.fakes.evenings import evening

NAMES = {11: "Anvar", 12: "Bek", 21: "Dilshod", 22: "Erkin", 31: "Farrux", 32: "G'ani"}

SIDES = (
    LineUp(side_id=501, number=1, player_ids=[11, 12]),
    LineUp(side_id=502, number=2, name="Lochinlar", team_id=9, player_ids=[21, 22]),
    LineUp(side_id=503, number=3, player_ids=[31, 32]),
)

TABLE = (
    TableRow(place=1, side_id=502, played=1, won=1, goals_for=2, goals_against=1, points=3),
    TableRow(place=2, side_id=501, played=1, lost=1, goals_for=1, goals_against=2),
    TableRow(place=2, side_id=503),
)


def first_match(**changed: Any) -> Match:
    """Side 1 against the Lochinlar, being played: 1:2, the last goal an own one."""
    known: dict[str, Any] = {
        "id": 71,
        "session_id": 12,
        "number": 1,
        "home_side_id": 501,
        "away_side_id": 502,
        "home_score": 1,
        "away_score": 2,
        "status": MATCH_STATUS_PLAYING,
        "goals": [
            Goal(id=901, side_id=502, scorer_id=21, assist_id=22),
            Goal(id=902, side_id=501, scorer_id=12),
            Goal(id=903, side_id=502),
        ],
    }
    return Match(**{**known, **changed})


def second_match() -> Match:
    """Side 3 against side 1, over without a goal."""
    return Match(
        id=72,
        session_id=12,
        number=2,
        home_side_id=503,
        away_side_id=501,
        status=MATCH_STATUS_FINISHED,
    )


def played(**session: Any) -> Evening:
    """The evening of person 99, two matches in."""
    return Evening(
        session=evening(**{"status": SESSION_STATUS_STARTED, **session}),
        line_ups=SIDES,
        matches=[first_match(), second_match()],
        table=TABLE,
        figures=[
            PlayerFigures(user_id=21, goals=1, wins=1),
            PlayerFigures(user_id=12, goals=1),
            PlayerFigures(user_id=22, assists=1, wins=1),
        ],
    )


def people() -> ListPeopleResponse:
    """Everybody who plays, by name."""
    return ListPeopleResponse(people=[Person(id=id_, name=name) for id_, name in NAMES.items()])
