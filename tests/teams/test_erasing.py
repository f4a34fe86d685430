"""A person is erased from teams: captaincy goes on or the team ends; killed at any step, the second
run ends as an undisturbed one."""

from __future__ import annotations

import itertools
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from fotbot.sender.v1.notice_pb2 import NOTICE_KIND_TEAM_HANDED_OVER, Notice
from fotbot.teams.v1 import teams_service_pb2 as wire
from sqlalchemy import text

from services.chassis.db import Database
from services.chassis.errors import Unavailable
from services.chassis.jobs import Jobs
from services.teams.storage.erasing import Erasing
from tests.teams.league import League, roster


class Killed(Unavailable):
    """The process is gone."""

    reason = "KILLED"


@dataclass
class Dying:
    """A database of a process that dies at its so-manieth step: before a commit, or after it."""

    database: Database
    dies_at: int
    steps: int = 0

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Any]:
        async with self.database.write() as transaction:
            yield transaction
            self._step()
        self._step()

    def read_primary(self) -> Any:
        return self.database.read_primary()

    def _step(self) -> None:
        self.steps += 1
        if self.steps == self.dies_at:
            raise Killed("killed")


def erasing(league: League, database: Any = None) -> Erasing:
    return Erasing(database or league.database, league.cache, Jobs())


@dataclass(frozen=True)
class World:
    """He leads one team, plays in another, and has a third for himself."""

    he: int
    heir: int
    led: int
    joined: int
    others_captain: int


async def world(league: League) -> World:
    he, busy, heir, third = (league.person() for _ in range(4))
    led = await league.team(he)
    for member in (busy, heir):
        await league.join(member, await league.link(led))
    await league.team(busy)
    joined = await league.team(third, "Blues")
    await league.join(he, await league.link(joined))
    return World(he, heir, led.id, joined.id, third)


async def check(league: League, made: World) -> None:
    handed = await league.seen(made.heir, made.led)
    assert handed.captain_id == made.heir
    assert made.he not in roster(handed) and len(handed.members) == 2
    assert roster(await league.seen(made.others_captain, made.joined)) == [made.others_captain]
    assert await league.mine(made.he) == []
    waiting = await notices(league)
    assert [one for one in waiting if one.user_id == made.he] == []
    of_him = [one for one in waiting if one.facts.other_user_id == made.he]
    assert {one.facts.other_name for one in of_him} <= {""}
    heirs = [one for one in waiting if one.kind == NOTICE_KIND_TEAM_HANDED_OVER]
    assert [one.user_id for one in heirs if one.facts.team_id == made.led] == [made.heir]
    async with league.database.read_primary() as transaction:
        kept = text("SELECT count(*) FROM requests WHERE actor_id = :he")
        assert (await transaction.execute(kept, {"he": made.he})).scalar_one() == 0


async def test_the_longest_in_who_leads_no_other_team_is_captain(league: League) -> None:
    made = await world(league)
    await erasing(league)(made.he)
    await check(league, made)
    await erasing(league)(made.he)
    await check(league, made)


async def test_killed_at_any_step_the_second_run_ends_as_an_undisturbed_one(
    league: League,
) -> None:
    deaths = 0
    for step in itertools.count(1):
        made, dying = await world(league), Dying(league.database, step)
        try:
            await erasing(league, dying)(made.he)
        except Killed:
            deaths += 1
            await erasing(league)(made.he)
        await check(league, made)
        if dying.steps < step:
            break
    assert deaths >= 6


async def test_where_nobody_can_lead_it_the_team_ends(league: League) -> None:
    he, busy = league.person(), league.person()
    led = await league.team(he)
    await league.join(busy, await league.link(led))
    await league.team(busy)
    await erasing(league)(he)
    assert [team.id for team in await league.mine(busy) if team.id == led.id] == []
    captains = await league.stub.ListCaptains(wire.ListCaptainsRequest(team_ids=[led.id]))
    assert list(captains.captains) == []


async def test_what_is_exported_is_ones_own(league: League) -> None:
    made = await world(league)
    answer = await league.stub.ExportMine(wire.ExportMineRequest(actor_id=made.he))
    found = json.loads(answer.document)
    assert {(team["team_id"], team["captain"]) for team in found["teams"]} == {
        (made.led, True),
        (made.joined, False),
    }
    other = await league.stub.ExportMine(wire.ExportMineRequest(actor_id=made.others_captain))
    assert [team["team_id"] for team in json.loads(other.document)["teams"]] == [made.joined]


async def notices(league: League) -> list[Notice]:
    queued = text("SELECT payload FROM pgqueuer WHERE entrypoint = 'notice' ORDER BY id")
    async with league.database.read_primary() as transaction:
        return [Notice.FromString(row.payload) for row in await transaction.execute(queued)]
