"""Rosters and sides are served from the cache, and a change shows at once, to everybody."""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable
from typing import Any

from fotbot.teams.v1 import sides_service_pb2, team_pb2
from fotbot.teams.v1 import teams_import_service_pb2 as import_wire
from fotbot.teams.v1 import teams_service_pb2 as wire
from prometheus_client import REGISTRY

from services.chassis import consistency
from services.chassis.imports import Imports
from services.local.stores.postgres import PostgresPair
from services.teams.imports import TeamsImportServicer
from tests.eventually import eventually
from tests.teams.league import League, roster

_evenings = itertools.count(2**40)


def misses(league: League) -> float:
    """How often its part of the cache has lacked something."""
    labels = {"service": league.cache.key("", 1, "").partition(":")[0], "result": "miss"}
    return REGISTRY.get_sample_value("fotbot_cache_requests_total", labels) or 0


async def kept(league: League, read: Callable[[], Awaitable[Any]]) -> Any:
    """What it answers once the cache has it."""

    async def is_kept() -> bool:
        before = misses(league)
        await read()
        return misses(league) == before

    await eventually(is_kept)
    return await read()


async def soon(league: League, postgres: PostgresPair, read: Callable[[], Awaitable[Any]]) -> Any:
    """What somebody who knows nothing of a change sees as soon as the standby has it."""
    await postgres.catch_up()
    return await read()


async def sides(league: League, evening: int) -> list[Any]:
    request = sides_service_pb2.ListSidesRequest(session_id=evening)
    return list((await league.sides.ListSides(request)).sides)


async def formed(league: League, evening: int, players: list[int]) -> list[Any]:
    request = sides_service_pb2.FormSidesRequest(
        write=league.write(1), session_id=evening, individuals=players, squad_size=5, least=5
    )
    return list((await league.sides.FormSides(request)).sides)


async def test_what_changes_in_a_team_shows_at_once_to_a_member_who_had_it_cached(
    league: League, postgres: PostgresPair
) -> None:
    captain, player, other = (league.person() for _ in range(3))
    team = await league.team(captain)
    token = await league.link(team)
    await league.join(player, token)
    await postgres.catch_up()

    async def shown() -> team_pb2.Team:
        seen, (listed,) = await league.seen(player, team.id), await league.mine(player)
        assert seen == listed
        return seen

    async def joined() -> None:
        await league.join(other, token)

    async def numbered() -> None:
        await league.stub.SetShirtNumber(
            wire.SetShirtNumberRequest(
                write=league.write(other), team_id=team.id, user_id=other, shirt_number=9
            )
        )

    async def renamed() -> None:
        await league.stub.EditTeam(
            wire.EditTeamRequest(write=league.write(captain), team_id=team.id, name="Blues")
        )

    async def handed_over() -> None:
        await league.stub.HandOver(
            wire.HandOverRequest(write=league.write(captain), team_id=team.id, user_id=player)
        )

    async def left() -> None:
        await league.leave(captain, team.id)

    changes: list[tuple[Callable[[], Awaitable[None]], Callable[[team_pb2.Team], bool]]] = [
        (joined, lambda now: roster(now) == [captain, player, other]),
        (numbered, lambda now: now.members[2].shirt_number == 9),
        (renamed, lambda now: now.name == "Blues"),
        (handed_over, lambda now: now.captain_id == player),
        (left, lambda now: roster(now) == [player, other]),
    ]
    for change, shows in changes:
        assert not shows(await kept(league, shown))
        await change()
        assert shows(await soon(league, postgres, shown))


async def test_sides_formed_anew_and_numbers_chosen_show_at_once(
    league: League, postgres: PostgresPair
) -> None:
    evening, players = next(_evenings), [league.person() for _ in range(10)]

    async def shown() -> list[Any]:
        return await sides(league, evening)

    assert await kept(league, shown) == []
    made = await formed(league, evening, players)
    assert await soon(league, postgres, shown) == made
    assert await kept(league, shown) == made
    wearer = made[0].players[0].user_id
    chosen = sides_service_pb2.SetSideNumberRequest(
        write=league.write(wearer), side_id=made[0].id, shirt_number=17
    )
    await league.sides.SetSideNumber(chosen)
    now = await soon(league, postgres, shown)
    assert now[0].players[0].shirt_number == 17
    assert await kept(league, shown) == now
    again = await formed(league, evening, players[:5] + [league.person() for _ in range(5)])
    assert await soon(league, postgres, shown) == again


async def test_his_own_change_shows_to_a_player_while_the_standby_is_behind(
    league: League, postgres: PostgresPair
) -> None:
    evening, players = next(_evenings), [league.person() for _ in range(10)]
    (side, _) = await formed(league, evening, players)
    await postgres.catch_up()
    await kept(league, lambda: sides(league, evening))
    await postgres.pause_replay()
    try:
        with consistency.positions():
            await league.sides.SetSideNumber(
                sides_service_pb2.SetSideNumberRequest(
                    write=league.write(side.players[1].user_id), side_id=side.id, shirt_number=21
                )
            )
            assert (await sides(league, evening))[0].players[1].shirt_number == 21
    finally:
        await postgres.resume_replay()


async def test_junk_in_the_cache_is_read_anew(league: League) -> None:
    team = await league.team()
    for key in (
        league.cache.key("team", 3, team.id),
        league.cache.key("teams-of", 3, team.captain_id),
    ):
        junk = b"\x7f" * 8 + b"\x02" + bytes(8) + b"\xc1"
        await league.cache.commands.set(key, junk, px=30_000)
    with consistency.positions():
        assert await league.seen(team.captain_id, team.id) == team
        assert await league.mine(team.captain_id) == [team]


async def test_a_team_that_is_taken_in_shows_at_once_to_who_had_none(
    league: League, postgres: PostgresPair
) -> None:
    captain, member = league.person(), league.person()
    taking_in: Any = TeamsImportServicer(
        imports=Imports(league.database, enabled=True), cache=league.cache
    )

    async def shown() -> list[list[list[int]]]:
        return [[roster(team) for team in await league.mine(one)] for one in (captain, member)]

    assert await kept(league, shown) == [[], []]
    team = import_wire.ImportedTeam(legacy_id="old", name="Old", captain_id=captain)
    answer = await taking_in.ImportTeams(import_wire.ImportTeamsRequest(teams=[team]), None)
    assert await soon(league, postgres, shown) == [[[captain]], []]
    await kept(league, shown)
    joining = import_wire.ImportedMember(
        legacy_id="old", team_id=answer.results[0].id, user_id=member
    )
    await taking_in.ImportMembers(import_wire.ImportMembersRequest(members=[joining]), None)
    assert await soon(league, postgres, shown) == [[[captain, member]]] * 2
