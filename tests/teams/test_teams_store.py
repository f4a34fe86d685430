"""The store of teams keeps its promises: the same tests on Postgres and in memory."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from services.chassis.jobs import Jobs
from services.teams.domain.invitations import Fingerprint
from services.teams.domain.ports import Teams
from services.teams.domain.team import Team, TeamId, UserId
from services.teams.storage.outbox import Outbox
from services.teams.storage.teams import SqlTeams
from tests.fakes.memory_teams import MemoryTeams
from tests.teams.league import League

Transaction = Callable[[], AbstractAsyncContextManager[Teams]]

NOW = datetime(2026, 11, 24, 18, 0, 0, 123456, tzinfo=UTC)
_captains = itertools.count(2**52)


@pytest.fixture(params=["memory", "postgres"])
def transaction(request: pytest.FixtureRequest) -> Transaction:
    """Opens a store bound to one transaction."""
    if request.param == "memory":
        return MemoryTeams().transaction
    league: League = request.getfixturevalue("league")

    @asynccontextmanager
    async def opened() -> AsyncIterator[Teams]:
        async with league.database.write() as bound:
            yield SqlTeams(bound, league.cache, Outbox(bound, Jobs()))

    return opened


def captain() -> UserId:
    return UserId(next(_captains))


async def added(transaction: Transaction, who: UserId | None = None) -> Team | None:
    async with transaction() as teams:
        return await teams.add("Reds <&>", who or captain(), NOW)


async def locked(transaction: Transaction, team_id: TeamId) -> Team | None:
    async with transaction() as teams:
        return await teams.lock(team_id)


async def test_a_team_is_kept_with_its_captain_in_it(transaction: Transaction) -> None:
    team = await added(transaction)
    assert team is not None
    assert [member.joined_at for member in team.members] == [NOW]
    assert await locked(transaction, team.id) == team


async def test_no_team_is_nothing(transaction: Transaction) -> None:
    assert await locked(transaction, TeamId(2**62)) is None


async def test_a_captain_who_creates_two_at_once_gets_one(transaction: Transaction) -> None:
    who = captain()
    made = await asyncio.gather(*(added(transaction, who) for _ in range(5)))
    assert len([team for team in made if team is not None]) == 1


async def test_members_stand_in_order_of_joining(transaction: Transaction) -> None:
    team = await added(transaction)
    assert team is not None
    for number in (9, 3, 6):
        async with transaction() as teams:
            found = await teams.lock(team.id)
            assert found is not None
            # A clock that goes back does not change the order.
            await teams.join(found, UserId(number), NOW - timedelta(hours=number))
    async with transaction() as teams:
        found = await teams.lock(team.id)
        assert found is not None
        await teams.leave(found, UserId(3))
    last = await locked(transaction, team.id)
    assert last is not None
    assert [member.user_id for member in last.members] == [team.captain_id, 9, 6]


async def test_an_invitation_is_known_until_it_expires(transaction: Transaction) -> None:
    team = await added(transaction)
    assert team is not None
    token = Fingerprint(team.captain_id.to_bytes(32, "big"))
    async with transaction() as teams:
        await teams.invite(team, token, NOW)
    async with transaction() as teams:
        assert await teams.invited_to(token, NOW - timedelta(microseconds=1)) == team.id
        assert await teams.invited_to(token, NOW) is None
        assert await teams.invited_to(Fingerprint(b"\0" * 32), NOW) is None


async def test_revoked_invitations_are_forgotten_and_those_of_other_teams_are_not(
    transaction: Transaction,
) -> None:
    team, other = await added(transaction), await added(transaction)
    assert team is not None and other is not None
    token = Fingerprint(team.captain_id.to_bytes(32, "big"))
    theirs = Fingerprint(other.captain_id.to_bytes(32, "big"))
    async with transaction() as teams:
        await teams.invite(team, token, NOW)
        await teams.invite(other, theirs, NOW)
        await teams.revoke(team)
    async with transaction() as teams:
        assert await teams.invited_to(token, NOW - timedelta(days=1)) is None
        assert await teams.invited_to(theirs, NOW - timedelta(days=1)) == other.id


async def test_names_descriptions_and_numbers_are_kept(transaction: Transaction) -> None:
    async with transaction() as teams:
        team = await teams.add("Reds", captain(), NOW, 10)
        assert team is not None
        team = await teams.join(team, UserId(5), NOW, 7)
        team = await teams.describe(team, "Blues <&>", "For fun <&>")
        team = await teams.number(team, UserId(5), 25)
    assert [member.shirt_number for member in team.members] == [10, 25]
    assert (team.name, team.description) == ("Blues <&>", "For fun <&>")
    assert await locked(transaction, team.id) == team
    async with transaction() as teams:
        team = await teams.number(team, UserId(5), 0)
        team = await teams.leave(team, UserId(5))
        # The number is free again, and so is having none.
        team = await teams.join(await teams.join(team, UserId(6), NOW, 25), UserId(7), NOW)
        team = await teams.join(team, UserId(8), NOW)
    assert await locked(transaction, team.id) == team


async def test_a_team_is_handed_over_unless_the_heir_leads_one(transaction: Transaction) -> None:
    team, other = await added(transaction), await added(transaction)
    assert team is not None and other is not None
    async with transaction() as teams:
        assert await teams.hand_over(team, other.captain_id) is None
        # The refusal has not broken the transaction.
        assert await teams.lock(team.id) == team
    heir = captain()
    async with transaction() as teams:
        handed = await teams.hand_over(team, heir)
    assert handed is not None and handed.captain_id == heir
    assert await locked(transaction, team.id) == handed
    assert await added(transaction, team.captain_id) is not None
    assert await added(transaction, heir) is None


async def test_a_dissolved_team_leaves_nothing(transaction: Transaction) -> None:
    team = await added(transaction)
    assert team is not None
    token = Fingerprint(team.captain_id.to_bytes(32, "big"))
    async with transaction() as teams:
        await teams.invite(team, token, NOW)
        await teams.dissolve(team)
    assert await locked(transaction, team.id) is None
    async with transaction() as teams:
        assert await teams.invited_to(token, NOW - timedelta(days=1)) is None
    assert await added(transaction, team.captain_id) is not None


async def test_an_error_undoes_everything(transaction: Transaction) -> None:
    team = await added(transaction)
    assert team is not None
    with pytest.raises(ZeroDivisionError):
        async with transaction() as teams:
            await teams.join(team, UserId(5), NOW)
            raise ZeroDivisionError
    assert await locked(transaction, team.id) == team
