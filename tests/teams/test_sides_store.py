"""The store of sides keeps its promises: the same tests on Postgres and in memory."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime

import pytest

from services.chassis.jobs import Jobs
from services.teams.domain.ports import Sides
from services.teams.domain.side import DrawnSide, SessionId, Side, SideId, SidePlayer
from services.teams.domain.team import Member, Team, TeamId, UserId
from services.teams.storage.outbox import Outbox
from services.teams.storage.sides import SqlSides
from tests.fakes.memory_sides import MemorySides
from tests.teams.league import League

Transaction = Callable[[], AbstractAsyncContextManager[Sides]]

NOW = datetime(2026, 11, 24, 18, tzinfo=UTC)
_sessions = itertools.count(2**52)


@pytest.fixture(params=["memory", "postgres"])
def transaction(request: pytest.FixtureRequest) -> Transaction:
    """Opens a store bound to one transaction."""
    if request.param == "memory":
        return MemorySides().transaction
    league: League = request.getfixturevalue("league")

    @asynccontextmanager
    async def opened() -> AsyncIterator[Sides]:
        async with league.database.write() as bound:
            yield SqlSides(bound, league.cache, Outbox(bound, Jobs()))

    return opened


@pytest.fixture
def evening() -> SessionId:
    return SessionId(next(_sessions))


def side(number: int, *players: int, name: str = "") -> DrawnSide:
    """Nobody has a number yet; a named side is a team's."""
    return DrawnSide(
        number=number,
        players=tuple(SidePlayer(user_id=UserId(player)) for player in players),
        team_id=TeamId(7) if name else None,
        name=name,
    )


async def formed(transaction: Transaction, evening: SessionId, *drawn: DrawnSide) -> list[Side]:
    async with transaction() as sides:
        await sides.lock_session(evening)
        return await sides.replace(evening, drawn)


async def standing(transaction: Transaction, evening: SessionId) -> list[Side]:
    async with transaction() as sides:
        return await sides.lock_session(evening)


async def test_sides_stand_in_order_and_players_in_theirs(
    transaction: Transaction, evening: SessionId
) -> None:
    made = await formed(transaction, evening, side(1, 9, 3, 6, name="Reds <&>"), side(2, 8, 4))
    assert [one.line_up for one in made] == [
        (1, TeamId(7), frozenset({9, 3, 6})),
        (2, None, frozenset({8, 4})),
    ]
    assert [player.user_id for player in made[0].players] == [9, 3, 6]
    assert await standing(transaction, evening) == made


async def test_sides_made_anew_replace_those_of_their_session_alone(
    transaction: Transaction, evening: SessionId
) -> None:
    other = SessionId(next(_sessions))
    theirs = await formed(transaction, other, side(1, 1, 2), side(2, 3, 4))
    await formed(transaction, evening, side(1, 1, 2), side(2, 3, 4), side(3, 5))
    anew = await formed(transaction, evening, side(1, 4, 1), side(2, 2, 3))
    assert await standing(transaction, evening) == anew
    assert await standing(transaction, other) == theirs


async def test_a_number_is_kept(transaction: Transaction, evening: SessionId) -> None:
    [made, _] = await formed(transaction, evening, side(1, 1, 2), side(2, 3))
    async with transaction() as sides:
        found = await sides.lock(made.id)
        assert found == made
        dressed = await sides.number(made, UserId(2), 25)
    assert [player.shirt_number for player in dressed.players] == [0, 25]
    assert (await standing(transaction, evening))[0] == dressed
    async with transaction() as sides:
        assert await sides.lock(SideId(2**62)) is None


async def test_teams_that_are_not_there_are_left_out(transaction: Transaction) -> None:
    async with transaction() as sides:
        assert await sides.teams([TeamId(2**62)]) == {}
        assert await sides.teams([]) == {}


async def test_two_who_form_the_same_session_at_once_form_it_one_after_the_other(
    transaction: Transaction, evening: SessionId
) -> None:
    await asyncio.gather(
        *(formed(transaction, evening, side(1, 1, n), side(2, 2, n + 1)) for n in range(10, 20))
    )
    assert len(await standing(transaction, evening)) == 2


async def test_an_error_undoes_everything(transaction: Transaction, evening: SessionId) -> None:
    made = await formed(transaction, evening, side(1, 1), side(2, 2))
    with pytest.raises(ZeroDivisionError):
        async with transaction() as sides:
            await sides.replace(evening, [side(1, 5)])
            raise ZeroDivisionError
    assert await standing(transaction, evening) == made


async def test_a_team_of_the_same_store_is_found_with_its_numbers(league: League) -> None:
    made = await league.team(name="Reds")
    async with league.database.write() as bound:
        found = await SqlSides(bound, league.cache, Outbox(bound, Jobs())).teams([TeamId(made.id)])
    [team] = found.values()
    assert isinstance(team, Team) and team.name == "Reds"
    assert [type(member) for member in team.members] == [Member]
