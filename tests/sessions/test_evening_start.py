"""What the organiser is told before he starts is what teams form then."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.errors import Refused
from services.sessions.domain.evening_ports import Gathering, Squad
from services.sessions.domain.evening_start import FIELD_PLAYERS, forecast
from services.sessions.domain.values import (
    Format,
    Session,
    SessionId,
    Status,
    UserId,
    Venue,
    VenueId,
)
from services.teams.domain.drawing import LineUp, draw
from services.teams.domain.team import TeamId
from services.teams.domain.team import UserId as TeamsUserId

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)


def session(**changed: object) -> Session:
    known: dict[str, object] = {
        "id": SessionId(1),
        "venue": Venue(id=VenueId(1), name="Arena", time_zone="Asia/Tashkent"),
        "starts_at": NOW,
        "ends_at": NOW + timedelta(hours=2),
        "format": Format.FIVE_A_SIDE,
        "price": 0,
        "capacity": 28,
        "organiser_id": UserId(1),
    }
    return Session(**{**known, **changed})  # type: ignore[arg-type]


def gathered(
    individuals: int, *squads: int, pending: int = 0, waiting: int = 0, **changed: object
) -> Gathering:
    people = iter(range(1, 1000))
    return Gathering(
        session=session(**changed),
        now=NOW,
        squads=tuple(
            Squad(team_id=n, player_ids=tuple(UserId(next(people)) for _ in range(size)))
            for n, size in enumerate(squads, 1)
        ),
        individuals=tuple(UserId(next(people)) for _ in range(individuals)),
        pending=pending,
        waiting=waiting,
    )


@given(
    individuals=st.integers(0, 60),
    squads=st.lists(st.integers(4, 15), max_size=7),
    squad_size=st.integers(4, 15),
    format_=st.sampled_from(Format),
)
def test_the_forecast_is_what_teams_form(
    individuals: int, squads: list[int], squad_size: int, format_: Format
) -> None:
    there = gathered(individuals, *squads, squad_size=squad_size, format=format_)
    told = forecast(there)
    reason = told.refusal.reason if told.refusal else ""
    assert reason == formed(there)[1]
    assert reason or list(told.side_sizes) == formed(there)[0]


def formed(there: Gathering) -> tuple[list[int], str]:
    """The sizes of the sides as teams draws them, or why it does not."""
    teams = [
        LineUp(team_id=TeamId(one.team_id), players=tuple(map(TeamsUserId, one.player_ids)))
        for one in there.squads
    ]
    individuals = [TeamsUserId(one) for one in there.individuals]
    least = FIELD_PLAYERS[there.session.format]
    try:
        sides = draw(teams, individuals, squad_size=there.session.squad_size, least=least)
    except Refused as refusal:
        return [], refusal.reason
    return [len(side.players) for side in sides], ""


def test_27_people_are_four_sides_although_one_has_no_full_bench() -> None:
    assert forecast(gathered(27)).side_sizes == (7, 7, 7, 6)


def test_three_teams_and_seven_individuals_are_four_sides() -> None:
    told = forecast(gathered(7, 7, 7, 7, pending=1, waiting=3))
    assert (told.side_sizes, told.teams) == ((7, 7, 7, 7), 3)
    assert (told.pending, told.waiting, told.refusal) == (1, 3, None)


def test_those_too_few_for_a_side_of_their_own_join_the_smallest() -> None:
    assert forecast(gathered(3, 7, 6)).side_sizes == (8, 8)


@pytest.mark.parametrize(
    ("there", "reason"),
    [
        (gathered(9), "TOO_FEW_PLAYERS"),
        (gathered(0), "TOO_FEW_PLAYERS"),
        (gathered(49), "TOO_MANY_SIDES"),
        (gathered(14, starts_at=NOW + timedelta(hours=1, seconds=1)), "TOO_EARLY"),
        (gathered(14, status=Status.CANCELLED), "SESSION_CANCELLED"),
        (gathered(14, status=Status.FINISHED), "SESSION_FINISHED"),
    ],
)
def test_why_it_would_be_refused_is_told(there: Gathering, reason: str) -> None:
    refusal = forecast(there).refusal
    assert refusal and refusal.reason == reason


def test_an_hour_before_its_time_it_may_be_started() -> None:
    assert forecast(gathered(14, starts_at=NOW + timedelta(hours=1))).refusal is None
