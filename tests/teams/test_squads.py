"""What people do with teams, on teams in memory; and any order of it, as a machine of states."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.teams.domain import captaincy, squads
from services.teams.domain.invitations import Token, token_from
from services.teams.domain.limits import clean_team_name, team_id, user_id
from services.teams.domain.refusals import (
    AlreadyCaptain,
    CaptainCannotLeave,
    IdInvalid,
    InvitationInvalid,
    NotAllowed,
    NotRegistered,
    TeamFull,
    TeamNameInvalid,
    TeamNotFound,
)
from services.teams.domain.team import MAX_SQUAD, Team, TeamId, UserId
from tests.fakes.memory_teams import MemoryTeams

NOW = datetime(2026, 11, 24, 18, tzinfo=UTC)
KEY = b"key"
CAPTAIN, PLAYER = UserId(1), UserId(2)

create = partial(squads.create, registered=True, at=NOW)
join = partial(squads.join, registered=True, at=NOW)


async def link(teams: MemoryTeams, team: Team) -> Token:
    _, invitation = await captaincy.invite(teams, team.captain_id, team.id, key=KEY, at=NOW)
    return token_from(invitation.seed, KEY)


async def test_who_creates_a_team_is_its_captain_and_first_member() -> None:
    team = await create(MemoryTeams(), CAPTAIN, " <b>Reds</b>\n")
    assert (team.name, team.captain_id) == ("<b>Reds</b>", CAPTAIN)
    assert [(member.user_id, member.joined_at) for member in team.members] == [(CAPTAIN, NOW)]


async def test_a_captain_has_one_team() -> None:
    teams = MemoryTeams()
    await create(teams, CAPTAIN, "Reds")
    with pytest.raises(AlreadyCaptain):
        await create(teams, CAPTAIN, "Blues")
    assert len(teams.teams) == 1


@pytest.mark.parametrize("name", ["", " ", "\u202e", "\0"])
async def test_a_team_has_a_name_that_can_be_seen(name: str) -> None:
    with pytest.raises(TeamNameInvalid):
        await create(MemoryTeams(), CAPTAIN, name)


async def test_teams_are_for_registered_people() -> None:
    teams = MemoryTeams()
    with pytest.raises(NotRegistered):
        await squads.create(teams, CAPTAIN, "Reds", registered=False, at=NOW)
    token = await link(teams, await create(teams, CAPTAIN, "Reds"))
    with pytest.raises(NotRegistered):
        await squads.join(teams, PLAYER, token, registered=False, at=NOW)


async def test_only_the_captain_invites() -> None:
    teams = MemoryTeams()
    team = await create(teams, CAPTAIN, "Reds")
    await join(teams, PLAYER, await link(teams, team))
    with pytest.raises(NotAllowed):
        await captaincy.invite(teams, PLAYER, team.id, key=KEY, at=NOW)
    with pytest.raises(TeamNotFound):
        await captaincy.invite(teams, CAPTAIN, TeamId(99), key=KEY, at=NOW)


async def test_joining_twice_is_being_in() -> None:
    teams = MemoryTeams()
    token = await link(teams, await create(teams, CAPTAIN, "Reds"))
    joined, already = await join(teams, PLAYER, token)
    assert not already
    assert await join(teams, PLAYER, token) == (joined, True)


async def test_a_link_is_good_for_seven_days() -> None:
    teams = MemoryTeams()
    token = await link(teams, await create(teams, CAPTAIN, "Reds"))
    last = NOW + timedelta(days=7)
    with pytest.raises(InvitationInvalid):
        await squads.join(teams, PLAYER, token, registered=True, at=last)
    moment = last - timedelta(microseconds=1)
    await squads.join(teams, PLAYER, token, registered=True, at=moment)


async def test_a_squad_has_twenty_five_places() -> None:
    teams = MemoryTeams()
    team = await create(teams, CAPTAIN, "Reds")
    token = await link(teams, team)
    for number in range(2, MAX_SQUAD + 1):
        await join(teams, UserId(number), token)
    with pytest.raises(TeamFull) as refusal:
        await join(teams, UserId(100), token)
    assert refusal.value.details == {"team": str(team.id), "name": "Reds", "most": "25"}
    assert (await join(teams, PLAYER, token))[1]


async def test_a_captain_leaves_last_and_his_team_ends_with_its_links() -> None:
    teams = MemoryTeams()
    team = await create(teams, CAPTAIN, "Reds")
    token = await link(teams, team)
    await join(teams, PLAYER, token)
    with pytest.raises(CaptainCannotLeave):
        await squads.leave(teams, CAPTAIN, team.id)
    assert not await squads.leave(teams, PLAYER, team.id)
    assert await squads.leave(teams, CAPTAIN, team.id)
    with pytest.raises(InvitationInvalid):
        await join(teams, PLAYER, token)
    with pytest.raises(TeamNotFound):
        await squads.leave(teams, CAPTAIN, team.id)


async def test_leaving_a_team_one_is_not_in_changes_nothing() -> None:
    teams = MemoryTeams()
    team = await create(teams, CAPTAIN, "Reds")
    assert not await squads.leave(teams, PLAYER, team.id)
    assert teams.teams == {team.id: team}


@given(st.lists(st.tuples(st.sampled_from("cjl"), st.integers(1, 4), st.integers(1, 3))))
async def test_whatever_people_do_teams_stay_teams(steps: list[tuple[str, int, int]]) -> None:
    teams, links = MemoryTeams(), {TeamId(0): Token("A" * 22)}
    for act, who, number in steps:
        actor, wanted = UserId(who), TeamId(number)
        try:
            if act == "c":
                team = await create(teams, actor, "Reds")
                links[team.id] = await link(teams, team)
            elif act == "j":
                await join(teams, actor, links.get(wanted, links[TeamId(0)]))
            else:
                await squads.leave(teams, actor, wanted)
        except (AlreadyCaptain, CaptainCannotLeave, InvitationInvalid, TeamNotFound):
            continue
        captains = [team.captain_id for team in teams.teams.values()]
        assert len(captains) == len(set(captains))
        for team in teams.teams.values():
            people = [member.user_id for member in team.members]
            assert team.captain_id in people
            assert len(people) == len(set(people)) <= MAX_SQUAD


@given(st.integers())
def test_ids_are_what_something_can_have(number: int) -> None:
    if 0 < number < 2**63:
        assert team_id(number) == number
        assert user_id(number) == number
        return
    with pytest.raises(IdInvalid):
        team_id(number)
    with pytest.raises(IdInvalid):
        user_id(number)


@given(st.text())
def test_a_team_name_is_short_and_visible_or_refused(text: str) -> None:
    try:
        name = clean_team_name(text)
    except TeamNameInvalid:
        return
    assert 1 <= len(name) <= 640
    assert clean_team_name(name) == name
