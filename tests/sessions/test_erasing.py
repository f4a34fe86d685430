"""A person is erased from sessions: his coming places go on, what was played stays; killed after or
in the middle of any of its transactions, the second run ends as an undisturbed one."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from fotbot.sender.v1.notice_pb2 import NOTICE_KIND_PROMOTED
from fotbot.sessions.v1 import league_service_pb2
from sqlalchemy import text

from services.chassis.db import Database
from services.chassis.errors import Unavailable
from services.chassis.jobs import Jobs
from services.sessions.domain.values import TeamId, UserId
from services.sessions.storage.erasing import CaptainStays, Erasing
from tests.sessions.evening import ORGANISER, Evening

PEOPLE = itertools.count(500)


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


def erasing(evening: Evening, captains: Mapping[int, int], database: Any = None) -> Erasing:
    async def captain_of(team_id: TeamId) -> UserId | None:
        found = captains.get(team_id)
        return None if found is None else UserId(found)

    return Erasing(
        database=database or evening.database,
        cache=evening.cache,
        jobs=Jobs(),
        captain_of=captain_of,
        refund_before=timedelta(hours=3),
    )


@dataclass(frozen=True)
class World:
    """He has a place and a receipt in one evening, in the next he captains a team of four."""

    he: int
    next_one: int
    heir: int
    mates: list[int]
    team: int
    single: int
    teams: int


async def world(evening: Evening) -> World:
    he, next_one, other, heir, *mates = (next(PEOPLE) for _ in range(7))
    for person in (he, next_one, other, heir, *mates):
        evening.users.know(person)
    single = await evening.open(capacity=2)
    for person in (he, other, next_one):
        await evening.register(person, single.id)
    await evening.show_receipt(he, single.id, f"receipt-of-{he}")
    session = await evening.open(capacity=8, squad_size=4)
    team = evening.teams.know(he, [he, heir, *mates], team_id=next(PEOPLE))
    await evening.register_team(he, session.id, team, [he, heir, *mates[:2]])
    await evening.give_coupons(he)
    return World(he, next_one, heir, mates, team, single.id, session.id)


async def state(evening: Evening, made: World) -> dict[str, Any]:
    """What is to be seen afterwards, without what differs between two worlds."""
    async with evening.database.read_primary() as transaction:
        statement = text(
            "SELECT e.session_id = :single AS single, e.user_id, e.status, e.reason, p.status AS"
            " paid, p.receipt, (SELECT count(*) FROM entry_players y WHERE y.entry_id = e.id)"
            " AS players FROM entries e LEFT JOIN payments p ON p.entry_id = e.id"
            " WHERE e.session_id IN (:single, :teams) ORDER BY e.id"
        )
        ids = {"single": made.single, "teams": made.teams, "he": made.he}
        found = await transaction.execute(statement, ids)
        names = {made.he: "he", made.next_one: "next", made.heir: "heir"}
        rows = [(row.single, names.get(row.user_id, "other"), *row[2:]) for row in found]
        coupons = text("SELECT status FROM coupons WHERE user_id = :he")
        left = [row.status for row in await transaction.execute(coupons, ids)]
        requests = text("SELECT count(*) FROM requests WHERE actor_id = :he")
        kept = (await transaction.execute(requests, ids)).scalar_one()
    told = [one for one in await evening.notices(made.single) if one.kind == NOTICE_KIND_PROMOTED]
    taken = [(await evening.card(one)).session.taken for one in (made.single, made.teams)]
    return {
        "entries": rows,
        "coupons": left,
        "requests": kept,
        "promoted": [names[one.user_id] for one in told],
        "taken": taken,
    }


EXPECTED = {
    "entries": [
        (True, "he", "cancelled", "", "refund_due", None, 1),
        (True, "other", "confirmed", "", "due", None, 1),
        (True, "next", "confirmed", "", "due", None, 1),
        (False, "heir", "confirmed", "", "due", None, 3),
    ],
    "coupons": ["withdrawn"],
    "requests": 0,
    "promoted": ["next"],
    "taken": [2, 4],
}


async def test_his_place_goes_on_and_his_team_keeps_its_places_under_the_next_captain(
    evening: Evening,
) -> None:
    made = await world(evening)
    await erasing(evening, {made.team: made.heir})(made.he)
    assert await state(evening, made) == EXPECTED
    await erasing(evening, {made.team: made.heir})(made.he)
    assert await state(evening, made) == EXPECTED


async def test_killed_at_any_step_the_second_run_ends_as_an_undisturbed_one(
    evening: Evening,
) -> None:
    deaths = 0
    for step in itertools.count(1):
        made = await world(evening)
        captains = {made.team: made.heir}
        dying = Dying(evening.database, step)
        try:
            await erasing(evening, captains, dying)(made.he)
        except Killed:
            deaths += 1
            await erasing(evening, captains)(made.he)
        assert await state(evening, made) == EXPECTED, step
        if dying.steps < step:
            break
    assert deaths >= 8


async def test_a_team_that_has_ended_leaves_its_evening(evening: Evening) -> None:
    made = await world(evening)
    await erasing(evening, {})(made.he)
    found = await state(evening, made)
    assert found["entries"][-1][:3] == (False, "he", "cancelled")
    assert found["taken"] == [2, 0]


async def test_as_long_as_teams_has_not_erased_its_captain_his_team_waits(
    evening: Evening,
) -> None:
    made = await world(evening)
    with pytest.raises(CaptainStays):
        await erasing(evening, {made.team: made.he})(made.he)
    found = await state(evening, made)
    assert found["entries"][0][:3] == (True, "he", "cancelled")
    assert found["entries"][-1][:3] == (False, "he", "confirmed")
    await erasing(evening, {made.team: made.heir})(made.he)
    assert await state(evening, made) == EXPECTED


async def test_an_evening_that_has_begun_stays_as_it_is(evening: Evening) -> None:
    he = evening.users.know(next(PEOPLE))
    session = await evening.open()
    await evening.register(he, session.id)
    await evening.start(session.id)
    await erasing(evening, {})(he)
    async with evening.database.read_primary() as transaction:
        statement = text("SELECT status FROM entries WHERE user_id = :he")
        found = (await transaction.execute(statement, {"he": he})).scalar_one()
    assert found == "confirmed"


async def test_an_organisers_card_number_and_what_was_noted_of_people_are_gone(
    evening: Evening,
) -> None:
    request = league_service_pb2.EditOrganiserSettingsRequest(
        write=evening.write(ORGANISER), payee="Olim", requisites="8600 1234"
    )
    await evening.league.EditOrganiserSettings(request)
    await erasing(evening, {})(ORGANISER)
    async with evening.database.read_primary() as transaction:
        for statement in (
            "SELECT count(*) FROM organiser_settings WHERE user_id = :he",
            "SELECT count(*) FROM audit WHERE actor_id = :he AND note <> ''",
        ):
            found = await transaction.execute(text(statement), {"he": ORGANISER})
            assert found.scalar_one() == 0


async def test_what_is_exported_is_ones_own(evening: Evening) -> None:
    made = await world(evening)
    request = league_service_pb2.ExportMineRequest(actor_id=made.he)
    mine = await evening.league.ExportMine(request)
    assert f"receipt-of-{made.he}" in mine.document
    assert {one.session_id for one in mine.evenings} == {made.single, made.teams}
    other = await evening.league.ExportMine(
        league_service_pb2.ExportMineRequest(actor_id=made.next_one)
    )
    assert f"receipt-of-{made.he}" not in other.document
    assert [one.session_id for one in other.evenings] == [made.single]
