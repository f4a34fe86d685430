"""What captains do, and shirt numbers, on teams in memory; and any order of it."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.errors import Refused
from services.teams.domain import captaincy, squads
from services.teams.domain.invitations import Token, token_from
from services.teams.domain.limits import clean_description
from services.teams.domain.notices import TeamNews, TeamNotice
from services.teams.domain.ports import Profile
from services.teams.domain.refusals import (
    AlreadyCaptain,
    CaptainCannotLeave,
    DescriptionTooLong,
    InvitationInvalid,
    NotAllowed,
    NotAMember,
    ShirtNumberInvalid,
    ShirtNumberTaken,
    TeamNameInvalid,
    TeamNotFound,
)
from services.teams.domain.team import MAX_SQUAD, Team, TeamId, UserId
from tests.fakes.memory_teams import MemoryTeams

NOW = datetime(2026, 11, 24, 18, tzinfo=UTC)
KEY = b"key"
CAPTAIN, PLAYER, OTHER = UserId(1), UserId(2), UserId(3)
ALI, VALI = Profile(name="Ali", shirt_number=10), Profile(name="Vali", shirt_number=10)

create = partial(squads.create, registered=True, at=NOW)
join = partial(squads.join, registered=True, at=NOW)


async def link(teams: MemoryTeams, team: Team) -> Token:
    _, invitation = await captaincy.invite(teams, team.captain_id, team.id, key=KEY, at=NOW)
    return token_from(invitation.seed, KEY)


async def with_player(teams: MemoryTeams) -> Team:
    """Reds: the captain in 10, and a player who would have liked 10."""
    team = await create(teams, CAPTAIN, "Reds", profile=ALI)
    team, _ = await join(teams, PLAYER, await link(teams, team), profile=VALI)
    return team


def worn(team: Team) -> list[int]:
    return [member.shirt_number for member in team.members]


CAPTAINS: list[Callable[[MemoryTeams, UserId, TeamId], Awaitable[object]]] = [
    partial(captaincy.invite, key=KEY, at=NOW),
    captaincy.revoke,
    partial(captaincy.edit, name="Blues"),
    partial(captaincy.edit, description="We"),
    partial(captaincy.remove, member=OTHER),
    partial(captaincy.hand_over, heir=PLAYER),
    partial(squads.set_number, wearer=CAPTAIN, number=9),
]


@pytest.mark.parametrize("act", CAPTAINS)
async def test_what_captains_do_is_refused_to_others(
    act: Callable[[MemoryTeams, UserId, TeamId], Awaitable[object]],
) -> None:
    teams = MemoryTeams()
    team = await with_player(teams)
    before = dict(teams.teams)
    for actor in (PLAYER, OTHER):
        with pytest.raises(NotAllowed):
            await act(teams, actor, team.id)
    with pytest.raises(TeamNotFound):
        await act(teams, CAPTAIN, TeamId(99))
    assert teams.teams == before


async def test_a_captain_renames_and_describes_one_without_the_other() -> None:
    teams = MemoryTeams()
    team = await with_player(teams)
    renamed = await captaincy.edit(teams, CAPTAIN, team.id, name=" Blue\nlions ")
    assert (renamed.name, renamed.description) == ("Blue lions", "")
    told = await captaincy.edit(teams, CAPTAIN, team.id, description="For  fun\n")
    assert (told.name, told.description) == ("Blue lions", "For fun")
    silent = await captaincy.edit(teams, CAPTAIN, team.id, description="")
    assert silent.description == ""
    assert await captaincy.edit(teams, CAPTAIN, team.id) == silent
    with pytest.raises(TeamNameInvalid):
        await captaincy.edit(teams, CAPTAIN, team.id, name="\u202e")


@given(st.text(max_size=400))
def test_a_description_is_one_line_of_300_clusters_or_refused(text: str) -> None:
    try:
        line = clean_description(text)
    except DescriptionTooLong:
        assert len(text) > 300
        return
    assert "\n" not in line and len(line) <= 3000
    assert clean_description(line) == line


def test_300_characters_are_not_too_long_a_description() -> None:
    assert len(clean_description("x" * 300)) == 300
    with pytest.raises(DescriptionTooLong):
        clean_description("x" * 301)


async def test_revoked_links_lead_nowhere_and_new_ones_do() -> None:
    teams = MemoryTeams()
    team = await with_player(teams)
    old = await link(teams, team)
    await captaincy.revoke(teams, CAPTAIN, team.id)
    with pytest.raises(InvitationInvalid):
        await join(teams, OTHER, old)
    assert (await join(teams, OTHER, await link(teams, team)))[0].has(OTHER)


async def test_a_member_is_taken_off_and_told() -> None:
    teams = MemoryTeams()
    team = await with_player(teams)
    teams.told.clear()
    left = await captaincy.remove(teams, CAPTAIN, team.id, PLAYER)
    assert not left.has(PLAYER)
    assert await captaincy.remove(teams, CAPTAIN, team.id, PLAYER) == left
    assert teams.told == [TeamNotice(news=TeamNews.REMOVED, user_id=PLAYER, team=left)]
    with pytest.raises(CaptainCannotLeave):
        await captaincy.remove(teams, CAPTAIN, team.id, CAPTAIN)


async def test_a_team_is_handed_over_to_a_member_who_is_told() -> None:
    teams = MemoryTeams()
    team = await with_player(teams)
    teams.told.clear()
    with pytest.raises(NotAMember):
        await captaincy.hand_over(teams, CAPTAIN, team.id, OTHER)
    assert await captaincy.hand_over(teams, CAPTAIN, team.id, CAPTAIN) == team
    handed = await captaincy.hand_over(teams, CAPTAIN, team.id, PLAYER)
    assert handed.captain_id == PLAYER and handed.has(CAPTAIN)
    assert teams.told == [TeamNotice(news=TeamNews.HANDED_OVER, user_id=PLAYER, team=handed)]
    assert not await squads.leave(teams, CAPTAIN, team.id)


async def test_who_leads_another_team_cannot_take_over() -> None:
    teams = MemoryTeams()
    team = await with_player(teams)
    await create(teams, PLAYER, "Blues")
    with pytest.raises(AlreadyCaptain):
        await captaincy.hand_over(teams, CAPTAIN, team.id, PLAYER)


async def test_the_captain_is_told_who_joins_and_who_leaves() -> None:
    teams = MemoryTeams()
    team = await with_player(teams)
    assert not await squads.leave(teams, PLAYER, team.id, profile=VALI)
    told = [
        (one.news, one.user_id, one.other, one.other_name)
        for one in teams.told
        if isinstance(one, TeamNotice)
    ]
    assert told == [
        (TeamNews.JOINED, CAPTAIN, PLAYER, "Vali"),
        (TeamNews.LEFT, CAPTAIN, PLAYER, "Vali"),
    ]


async def test_who_joins_has_the_number_he_prefers_unless_it_is_taken() -> None:
    teams = MemoryTeams()
    team = await with_player(teams)
    assert worn(team) == [10, 0]
    joined, _ = await join(teams, OTHER, await link(teams, team), profile=Profile(shirt_number=7))
    assert worn(joined) == [10, 0, 7]


async def test_a_member_chooses_gives_up_and_changes_his_number() -> None:
    teams = MemoryTeams()
    team = await with_player(teams)
    number = partial(squads.set_number, teams, PLAYER, team.id, wearer=PLAYER)
    with pytest.raises(ShirtNumberTaken):
        await number(number=10)
    assert worn(await number(number=9)) == [10, 9]
    assert worn(await number(number=9)) == [10, 9]
    assert worn(await number(number=0)) == [10, 0]
    for wrong in (-1, 26):
        with pytest.raises(ShirtNumberInvalid):
            await number(number=wrong)


async def test_a_captain_gives_members_numbers_and_nobody_else() -> None:
    teams = MemoryTeams()
    team = await with_player(teams)
    numbered = await squads.set_number(teams, CAPTAIN, team.id, wearer=PLAYER, number=4)
    assert worn(numbered) == [10, 4]
    with pytest.raises(NotAMember):
        await squads.set_number(teams, CAPTAIN, team.id, wearer=OTHER, number=5)
    with pytest.raises(NotAMember):
        await squads.set_number(teams, OTHER, team.id, wearer=OTHER, number=5)


steps = st.lists(
    st.tuples(
        st.sampled_from(["create", "join", "leave", "remove", "hand", "number", "revoke"]),
        st.integers(1, 4).map(UserId),
        st.integers(1, 3).map(TeamId),
        st.integers(1, 4),
    )
)


@given(steps)
async def test_whatever_captains_do_teams_stay_teams(
    taken: list[tuple[str, UserId, TeamId, int]],
) -> None:
    teams, links = MemoryTeams(), dict[TeamId, Token]()
    for act, actor, team_id, number in taken:
        try:
            await _step(teams, links, act, actor, team_id, number)
        except Refused:
            continue
        captains = [team.captain_id for team in teams.teams.values()]
        assert len(captains) == len(set(captains))
        for team in teams.teams.values():
            members = [member.user_id for member in team.members]
            assert team.captain_id in members
            assert len(members) == len(set(members)) <= MAX_SQUAD
            numbers = [number for number in worn(team) if number]
            assert len(numbers) == len(set(numbers))


async def _step(
    teams: MemoryTeams,
    links: dict[TeamId, Token],
    act: str,
    actor: UserId,
    team_id: TeamId,
    number: int,
) -> None:
    match act:
        case "create":
            team = await create(teams, actor, "Reds", profile=Profile(shirt_number=number))
            links[team.id] = await link(teams, team)
        case "join":
            token = links.get(team_id, Token("A" * 22))
            await join(teams, actor, token, profile=Profile(shirt_number=number))
        case "leave":
            await squads.leave(teams, actor, team_id)
        case "remove":
            await captaincy.remove(teams, actor, team_id, UserId(number))
        case "hand":
            await captaincy.hand_over(teams, actor, team_id, UserId(number))
        case "number":
            await squads.set_number(teams, actor, team_id, wearer=actor, number=number)
        case _:
            await captaincy.revoke(teams, actor, team_id)
