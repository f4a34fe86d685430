"""fotbot.teams.v1.SidesService over real gRPC and Postgres."""

from __future__ import annotations

import asyncio
import itertools
import uuid

import pytest
from fotbot.sender.v1.notice_pb2 import Notice, NoticeKind
from fotbot.teams.v1 import side_pb2, team_pb2
from fotbot.teams.v1 import sides_service_pb2 as wire
from sqlalchemy import text

from services.chassis import consistency
from services.chassis.errors import RemoteRefusal
from tests.teams.league import League

_evenings = itertools.count(1)


def refused(reason: str) -> pytest.RaisesExc[RemoteRefusal]:
    """The call is refused for this reason."""
    return pytest.RaisesExc(RemoteRefusal, check=lambda refusal: refusal.reason == reason)


async def form(
    league: League,
    evening: int,
    individuals: list[int],
    *teams: wire.TeamLineUp,
    request_id: str = "",
    least: int = 5,
) -> list[side_pb2.Side]:
    """As sessions asks when the evening starts."""
    request = wire.FormSidesRequest(
        write=league.write(1, request_id),
        session_id=evening,
        teams=teams,
        individuals=individuals,
        squad_size=7,
        least=least,
    )
    return list((await league.sides.FormSides(request)).sides)


async def listed(league: League, evening: int) -> list[side_pb2.Side]:
    return list((await league.sides.ListSides(wire.ListSidesRequest(session_id=evening))).sides)


async def choose(
    league: League, who: int, side: int, number: int, request_id: str = ""
) -> side_pb2.Side:
    request = wire.SetSideNumberRequest(
        write=league.write(who, request_id), side_id=side, shirt_number=number
    )
    chosen: side_pb2.Side = (await league.sides.SetSideNumber(request)).side
    return chosen


def persons(league: League, count: int) -> list[int]:
    return [league.person() for _ in range(count)]


async def squad(league: League, name: str) -> tuple[team_pb2.Team, wire.TeamLineUp]:
    """A whole team of seven as it plays."""
    team = await league.team(name=name)
    token = await league.link(team)
    others = persons(league, 6)
    for who in others:
        await league.join(who, token)
    return team, wire.TeamLineUp(team_id=team.id, user_ids=[team.captain_id, *others])


async def notices(league: League, evening: int) -> list[Notice]:
    async with league.database.read_primary() as primary:
        queued = await primary.execute(text("SELECT payload FROM pgqueuer ORDER BY id"))
        found = [Notice.FromString(row.payload) for row in queued]
    return [notice for notice in found if notice.session.session_id == evening]


async def test_an_evening_of_teams_and_individuals(league: League) -> None:
    evening, people = next(_evenings), persons(league, 7)
    (reds, red), (blues, blue) = await squad(league, "Reds"), await squad(league, "Blues")
    with consistency.positions():
        sides = await form(league, evening, people, red, blue)
        assert await listed(league, evening) == sides
    assert [(side.number, side.name, side.team_id) for side in sides] == [
        (1, "Reds", reds.id),
        (2, "Blues", blues.id),
        (3, "", 0),
    ]
    assert [player.user_id for player in sides[2].players] == people
    assert {side.session_id for side in sides} == {evening}


async def test_a_side_drawn_from_individuals_makes_nobody_a_captain_or_member(
    league: League,
) -> None:
    people = persons(league, 10)
    await form(league, next(_evenings), people)
    with consistency.positions():
        team = await league.team(people[0])
        assert await league.mine(people[0]) == [team]
        assert await league.mine(people[1]) == []


async def test_no_sides_before_the_evening_starts(league: League) -> None:
    assert await listed(league, next(_evenings)) == []


async def test_everybody_is_told_once_in_which_side_and_shirt_he_plays(league: League) -> None:
    evening, people = next(_evenings), persons(league, 10)
    league.crowd.wishes |= {people[0]: 10, people[1]: 10}
    sides = await form(league, evening, people)
    await form(league, evening, people)
    told = await notices(league, evening)
    assert [notice.user_id for notice in told] == people
    assert {notice.kind for notice in told} == {NoticeKind.NOTICE_KIND_SIDE_FORMED}
    assert [notice.facts.shirt_number for notice in told] == [10] + [0] * 9
    assert [notice.facts.side_number for notice in told] == [1] * 5 + [2] * 5
    assert {notice.facts.side_id for notice in told} == {side.id for side in sides}
    assert len({notice.notice_id for notice in told}) == 10


async def test_the_same_players_get_the_same_sides_under_any_request(league: League) -> None:
    evening, people, request_id = next(_evenings), persons(league, 12), uuid.uuid4().hex
    sides = await form(league, evening, people, request_id=request_id)
    assert await form(league, evening, people, request_id=request_id) == sides
    assert await form(league, evening, people) == sides
    fewer = await form(league, evening, people[:11], request_id=request_id)
    assert [len(side.players) for side in fewer] == [6, 5]


async def test_formed_ten_times_at_once_the_sides_are_one_set(league: League) -> None:
    evening, people = next(_evenings), persons(league, 14)
    made = await asyncio.gather(*(form(league, evening, people) for _ in range(10)))
    assert all(sides == made[0] for sides in made)
    assert len(await notices(league, evening)) == 14


async def test_a_number_is_chosen_among_those_free_in_the_side(league: League) -> None:
    evening, people = next(_evenings), persons(league, 10)
    league.crowd.wishes |= {people[0]: 10, people[1]: 10}
    [mine, theirs] = await form(league, evening, people)
    with refused("SHIRT_NUMBER_TAKEN"):
        await choose(league, people[1], mine.id, 10)
    request_id = uuid.uuid4().hex
    chosen = await choose(league, people[1], mine.id, 9, request_id)
    assert [player.shirt_number for player in chosen.players[:2]] == [10, 9]
    assert await choose(league, people[1], mine.id, 9, request_id) == chosen
    with refused("NOT_A_MEMBER"):
        await choose(league, people[1], theirs.id, 9)
    with refused("SIDE_NOT_FOUND"):
        await choose(league, people[1], 2**62, 9)
    for wrong in (0, 26, -1):
        with refused("SHIRT_NUMBER_INVALID"):
            await choose(league, people[1], mine.id, wrong)
    assert await form(league, evening, people) == [chosen, theirs]


async def test_of_a_side_that_wants_one_number_at_once_one_player_gets_it(
    league: League,
) -> None:
    evening, people = next(_evenings), persons(league, 14)
    [mine, _] = await form(league, evening, people)
    tried = await asyncio.gather(
        *(choose(league, who, mine.id, 10) for who in people[:7]), return_exceptions=True
    )
    refusals = [one.reason for one in tried if isinstance(one, RemoteRefusal)]
    assert refusals == ["SHIRT_NUMBER_TAKEN"] * 6


async def test_too_few_and_too_many_make_no_evening_and_change_nothing(league: League) -> None:
    evening, people = next(_evenings), persons(league, 43)
    sides = await form(league, evening, people[:10])
    with refused("TOO_FEW_PLAYERS"):
        await form(league, evening, people[:9])
    with refused("TOO_MANY_SIDES"):
        await form(league, evening, people)
    with consistency.positions():
        await league.team()
        assert await listed(league, evening) == sides


async def test_a_line_up_that_cannot_be_is_refused(league: League) -> None:
    people = persons(league, 10)
    with refused("LINE_UP_INVALID"):
        await form(league, next(_evenings), [*people, people[0]])
    with refused("LINE_UP_INVALID"):
        await form(league, next(_evenings), people, least=0)
    with refused("ID_INVALID"):
        await form(league, -1, people)
    with refused("ID_INVALID"):
        await form(league, next(_evenings), [*people, -5])


async def test_sides_are_formed_without_numbers_while_users_is_broken(league: League) -> None:
    people = persons(league, 10)
    league.crowd.wishes[people[0]] = 10
    league.crowd.is_broken = True
    try:
        sides = await form(league, next(_evenings), people)
    finally:
        league.crowd.is_broken = False
    assert {player.shirt_number for side in sides for player in side.players} == {0}
