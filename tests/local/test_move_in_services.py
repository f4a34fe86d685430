"""The import calls by themselves: what they leave and why, and that two movers are one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio
from fotbot.common.v1 import import_pb2
from fotbot.sessions.v1 import session_pb2
from fotbot.sessions.v1 import sessions_import_service_pb2 as sessions_wire
from fotbot.teams.v1 import teams_import_service_pb2 as teams_wire
from fotbot.users.v1 import users_import_service_pb2 as users_wire

from services.chassis.errors import RemoteRefusal
from services.local.move_in.settings import MoveInSettings
from services.local.move_in.target import Target, found_or_started
from services.local.stores.postgres import PostgresPair
from services.local.stores.valkey import ValkeyCluster
from tests.local.old_bot import Scale
from tests.local.taking_in import Houses, houses

TINY = Scale(users=60, sessions=6, registrations=60)
STARTS = datetime.now(UTC).replace(microsecond=0) + timedelta(days=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Owners:
    """The three services, and the databases behind them."""

    home: Houses
    target: Target

    async def users(self, *rows: users_wire.ImportedUser) -> dict[str, str]:
        request = users_wire.ImportUsersRequest(users=rows)
        return told((await self.target.users.ImportUsers(request, timeout=20)).results)

    async def teams(self, *rows: teams_wire.ImportedTeam) -> Sequence[import_pb2.ImportResult]:
        request = teams_wire.ImportTeamsRequest(teams=rows)
        results: Any = (await self.target.teams.ImportTeams(request, timeout=20)).results
        return list(results)

    async def members(self, *rows: teams_wire.ImportedMember) -> dict[str, str]:
        request = teams_wire.ImportMembersRequest(members=rows)
        return told((await self.target.teams.ImportMembers(request, timeout=20)).results)

    async def session(self, legacy_id: str, **given: Any) -> int:
        """Its id; 0 when it was left."""
        row = sessions_wire.ImportedSession(**{**session(legacy_id), **given})
        row.starts_at.FromDatetime(STARTS)
        row.ends_at.FromDatetime(STARTS + timedelta(hours=2))
        request = sessions_wire.ImportSessionsRequest(sessions=[row])
        [result] = (await self.target.sessions.ImportSessions(request, timeout=20)).results
        return int(result.id)

    async def entries(self, *rows: sessions_wire.ImportedEntry) -> dict[str, str]:
        request = sessions_wire.ImportEntriesRequest(entries=rows)
        return told((await self.target.sessions.ImportEntries(request, timeout=20)).results)


def told(results: Sequence[import_pb2.ImportResult]) -> dict[str, str]:
    """By legacy id, the reason or what else became of the row."""
    names = import_pb2.ImportOutcome.Name
    prefix = "IMPORT_OUTCOME_"
    return {one.legacy_id: one.reason or names(one.outcome).removeprefix(prefix) for one in results}


def session(legacy_id: str) -> dict[str, Any]:
    return {
        "legacy_id": legacy_id,
        "venue_name": "Bunyodkor",
        "time_zone": "Asia/Tashkent",
        "format": session_pb2.FORMAT_FIVE_A_SIDE,
        "price": 40_000,
        "capacity": 8,
        "squad_size": 7,
        "status": session_pb2.SESSION_STATUS_PLANNED,
    }


def entry(legacy_id: str, session_id: int, user_id: int, **given: Any) -> Any:
    status = session_pb2.REGISTRATION_STATUS_CONFIRMED
    plain = {"session_id": session_id, "user_id": user_id, "status": status}
    return sessions_wire.ImportedEntry(legacy_id=legacy_id, **{**plain, **given})


@pytest_asyncio.fixture(scope="module")
async def owners(postgres: PostgresPair, valkey: ValkeyCluster) -> AsyncIterator[Owners]:
    async with houses(postgres, valkey.url, "owners", TINY) as home:
        settings = MoveInSettings(
            **{name.lower(): address for name, address in home.addresses.items()}
        )
        async with found_or_started(settings, {}, print) as target:
            yield Owners(home=home, target=target)


async def test_one_telegram_account_is_one_person(owners: Owners) -> None:
    first = users_wire.ImportedUser(legacy_id="t1", telegram_id=501, name="A")
    second = users_wire.ImportedUser(legacy_id="t2", telegram_id=501, name="B")
    third = users_wire.ImportedUser(legacy_id="t3", telegram_id=501, name="C")
    assert await owners.users(first, second) == {"t1": "MOVED", "t2": "TELEGRAM_TAKEN"}
    assert await owners.users(first, third) == {"t1": "ALREADY_THERE", "t3": "TELEGRAM_TAKEN"}


async def test_a_phone_in_use_is_left_out_of_the_row(owners: Owners) -> None:
    rows = [users_wire.ImportedUser(legacy_id=f"p{n}", phone="+998901112233") for n in range(2)]
    assert set((await owners.users(rows[0])).values()) == {"MOVED"}
    assert set((await owners.users(rows[1])).values()) == {"MOVED"}
    query = "SELECT count(*) FROM people WHERE phone = '+998901112233'"
    assert await owners.home.one("users", query) == 1


async def test_more_than_a_thousand_rows_are_refused(owners: Owners) -> None:
    rows = [users_wire.ImportedUser(legacy_id=str(n)) for n in range(1001)]
    with pytest.raises(RemoteRefusal) as refusal:
        await owners.users(*rows)
    assert refusal.value.reason == "TOO_MANY_ROWS"


async def test_a_captain_has_one_team(owners: Owners) -> None:
    rows = [teams_wire.ImportedTeam(legacy_id=f"c{n}", name="Reds", captain_id=71) for n in (1, 2)]
    assert told(await owners.teams(*rows)) == {"c1": "MOVED", "c2": "ALREADY_CAPTAIN"}


async def test_a_shirt_has_one_wearer_and_a_squad_an_end(owners: Owners) -> None:
    team = teams_wire.ImportedTeam(legacy_id="full", name="Blues", captain_id=200)
    [result] = await owners.teams(team)
    members = [
        teams_wire.ImportedMember(
            legacy_id=f"m{n}", team_id=result.id, user_id=200 + n, shirt_number=9
        )
        for n in range(26)
    ]
    outcomes = await owners.members(*members)
    assert outcomes.pop("m25") == "TEAM_FULL"
    assert set(outcomes.values()) == {"MOVED"}
    dressed = await owners.home.new["teams"].fetch(
        "SELECT user_id FROM members WHERE team_id = $1 AND shirt_number = 9", result.id
    )
    assert [row["user_id"] for row in dressed] == [200]


async def test_members_of_no_team_are_left(owners: Owners) -> None:
    lost = teams_wire.ImportedMember(legacy_id="lost", team_id=10**9, user_id=5)
    assert await owners.members(lost) == {"lost": "TEAM_NOT_FOUND"}


async def test_nobody_is_in_twice_and_no_place_is_given_twice(owners: Owners) -> None:
    session_id = await owners.session("places")
    team = {"kind": session_pb2.REGISTRATION_KIND_TEAM, "team_id": 6, "player_ids": range(1, 8)}
    outcomes = await owners.entries(
        entry("e1", session_id, 1),
        entry("e2", session_id, 1),
        entry("e3", session_id, 1, **team),
        entry("e4", session_id, 50),
        entry("e5", session_id, 51, status=session_pb2.REGISTRATION_STATUS_CANCELLED),
        entry("e6", 10**9, 52),
    )
    assert outcomes == {
        "e1": "MOVED",
        "e2": "DUPLICATE",
        "e3": "MOVED",
        "e4": "SESSION_FULL",
        "e5": "MOVED",
        "e6": "SESSION_NOT_FOUND",
    }
    players = await owners.home.new["sessions"].fetch(
        "SELECT user_id FROM entry_players WHERE session_id = $1 AND active", session_id
    )
    assert sorted(row["user_id"] for row in players) == list(range(1, 8))


async def test_who_holds_a_place_of_a_coming_evening_owes_its_price(owners: Owners) -> None:
    session_id = await owners.session("owing")
    pending = {"status": session_pb2.REGISTRATION_STATUS_PENDING}
    await owners.entries(entry("o1", session_id, 1, **pending))
    due = await owners.home.one(
        "sessions",
        "SELECT (p.amount, p.status)::text FROM payments p JOIN entries e ON e.id = p.entry_id"
        " WHERE e.session_id = $1",
        session_id,
    )
    assert due == "(40000,due)"


@pytest.mark.parametrize(
    "fault",
    [
        {"venue_name": " "},
        {"time_zone": "Mars/Olympus"},
        {"capacity": 1},
        {"price": -1},
        {"squad_size": 3},
        {"format": 0},
        {"status": 0},
    ],
)
async def test_an_impossible_evening_is_left(owners: Owners, fault: dict[str, Any]) -> None:
    assert await owners.session(f"impossible {fault}", **fault) == 0


async def test_two_movers_at_once_move_everything_once(
    postgres: PostgresPair, valkey: ValkeyCluster
) -> None:
    async with houses(postgres, valkey.url, "two", TINY) as home:
        one, other = await asyncio.gather(home.move(), home.move())
        assert one.adds_up
        assert other.adds_up
        for name, tally in one.tables.items():
            assert tally.moved + other.tables[name].moved == tally.found - tally.left
