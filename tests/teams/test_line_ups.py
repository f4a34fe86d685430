"""The sides of a session on sides in memory: numbers dealt out, formed once, formed anew."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.teams.domain import line_ups
from services.teams.domain.drawing import LineUp
from services.teams.domain.notices import SideNotice
from services.teams.domain.numbering import numbered
from services.teams.domain.ports import Profile
from services.teams.domain.refusals import (
    NotAMember,
    ShirtNumberInvalid,
    ShirtNumberTaken,
    SideNotFound,
)
from services.teams.domain.side import SessionId, SideId
from services.teams.domain.team import Member, Team, TeamId, UserId
from tests.fakes.memory_sides import MemorySides

NOW = datetime(2026, 11, 24, 18, tzinfo=UTC)
EVENING = SessionId(12)
wishes = st.dictionaries(st.integers(1, 12).map(UserId), st.integers(-3, 30))


def people(*numbers: int) -> tuple[UserId, ...]:
    return tuple(map(UserId, numbers))


def reds(**numbers: int) -> Team:
    """A team whose members have these numbers: reds(m1=7, m2=0)."""
    members = tuple(
        Member(user_id=UserId(int(name[1:])), joined_at=NOW, shirt_number=number)
        for name, number in numbers.items()
    )
    return Team(id=TeamId(1), name="Reds", captain_id=members[0].user_id, members=members)


TWO = [LineUp(players=people(1, 2)), LineUp(players=people(3, 4))]
LIKE_TEN = {UserId(n): Profile(shirt_number=10) for n in range(1, 10)}


@given(st.permutations(people(*range(1, 13))), wishes, wishes)
def test_numbers_are_unique_in_a_side_and_given_in_order(
    players: list[UserId], roster: dict[UserId, int], wished: dict[UserId, int]
) -> None:
    own: dict[UserId, int] = {}
    for player, number in roster.items():
        if 1 <= number <= 25 and number not in own.values():
            own[player] = number
    side = numbered(players, own, wished)
    assert [player.user_id for player in side] == players
    given_out = [player.shirt_number for player in side if player.shirt_number]
    assert len(given_out) == len(set(given_out)) and set(given_out) <= set(range(1, 26))
    for place, player in enumerate(side):
        wish = wished.get(player.user_id, 0)
        if player.user_id in own:
            assert player.shirt_number == own[player.user_id]
        elif 1 <= wish <= 25 and player.shirt_number == 0:
            before = {other.shirt_number for other in side[:place]}
            assert wish in before | set(own.values())


async def test_a_teams_numbers_come_before_wishes_and_second_comers_choose() -> None:
    sides = MemorySides(known_teams={TeamId(1): reds(m1=0, m2=10, m3=7)})
    drawn = [LineUp(team_id=TeamId(1), players=people(1, 2, 3, 9)), LineUp(players=people(4, 5))]
    mine, theirs = await line_ups.form(sides, EVENING, drawn, LIKE_TEN)
    assert (mine.name, mine.team_id, mine.number) == ("Reds", TeamId(1), 1)
    assert [player.shirt_number for player in mine.players] == [0, 10, 7, 0]
    assert (theirs.name, theirs.team_id, theirs.number) == ("", None, 2)
    assert [player.shirt_number for player in theirs.players] == [10, 0]


async def test_everybody_is_told_his_side_and_number() -> None:
    sides = MemorySides()
    made = await line_ups.form(sides, EVENING, TWO, LIKE_TEN)
    assert sides.told == [
        SideNotice(user_id=UserId(1), side=made[0], shirt_number=10),
        SideNotice(user_id=UserId(2), side=made[0], shirt_number=0),
        SideNotice(user_id=UserId(3), side=made[1], shirt_number=10),
        SideNotice(user_id=UserId(4), side=made[1], shirt_number=0),
    ]


async def test_the_same_players_keep_their_sides_and_numbers_and_are_told_once() -> None:
    sides = MemorySides()
    [first, _] = await line_ups.form(sides, EVENING, TWO, LIKE_TEN)
    await line_ups.choose_number(sides, UserId(2), first.id, 9)
    again = await line_ups.form(sides, EVENING, TWO, {})
    assert [player.shirt_number for player in again[0].players] == [10, 9]
    assert again[0].id == first.id and len(sides.told) == 4


async def test_other_players_get_sides_made_anew() -> None:
    sides = MemorySides()
    await line_ups.form(sides, EVENING, TWO, {})
    anew = await line_ups.form(sides, EVENING, [TWO[0], LineUp(players=people(3, 5))], {})
    assert await sides.lock_session(EVENING) == anew
    assert len(sides.told) == 8


async def test_sessions_do_not_share_their_sides() -> None:
    sides = MemorySides()
    await line_ups.form(sides, EVENING, TWO, {})
    await line_ups.form(sides, SessionId(13), TWO, {})
    assert len(await sides.lock_session(EVENING)) == 2


async def test_a_team_that_has_ended_plays_without_a_name() -> None:
    drawn = [LineUp(team_id=TeamId(5), players=people(1, 2)), TWO[1]]
    [side, _] = await line_ups.form(MemorySides(), EVENING, drawn, LIKE_TEN)
    assert (side.name, side.team_id) == ("", TeamId(5))
    assert [player.shirt_number for player in side.players] == [10, 0]


async def test_a_player_chooses_a_number_that_is_free_in_his_side() -> None:
    sides = MemorySides()
    [mine, theirs] = await line_ups.form(sides, EVENING, TWO, LIKE_TEN)
    with pytest.raises(ShirtNumberTaken):
        await line_ups.choose_number(sides, UserId(2), mine.id, 10)
    chosen = await line_ups.choose_number(sides, UserId(2), mine.id, 25)
    assert [player.shirt_number for player in chosen.players] == [10, 25]
    assert await line_ups.choose_number(sides, UserId(2), mine.id, 25) == chosen
    with pytest.raises(NotAMember):
        await line_ups.choose_number(sides, UserId(2), theirs.id, 9)
    with pytest.raises(SideNotFound):
        await line_ups.choose_number(sides, UserId(2), SideId(99), 9)


@pytest.mark.parametrize("number", [0, -1, 26, 2**31 - 1])
async def test_what_is_on_no_shirt_is_refused(number: int) -> None:
    sides = MemorySides()
    [mine, _] = await line_ups.form(sides, EVENING, TWO, {})
    with pytest.raises(ShirtNumberInvalid):
        await line_ups.choose_number(sides, UserId(1), mine.id, number)
