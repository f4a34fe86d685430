"""Moving in, from a synthetic old database with every broken shape: it adds up, comes once, and
what is here afterwards is whole."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import pytest_asyncio

from services.chassis.errors import RemoteRefusal, Unanswered
from services.local.move_in.handing_over import HandingOver
from services.local.move_in.known import Known
from services.local.move_in.moving import Move
from services.local.move_in.old_bot import TABLES, OldBot
from services.local.move_in.report import TABLES as REPORTED
from services.local.move_in.report import Report
from services.local.move_in.settings import MoveInSettings
from services.local.move_in.target import found_or_started
from services.local.move_in.times import Clock
from services.local.stores.postgres import PostgresPair
from services.local.stores.valkey import ValkeyCluster
from services.sessions.domain.values import SessionId
from services.sessions.storage.matches import SqlEvenings
from tests.local.old_bot import Scale
from tests.local.taking_in import Houses, houses

SMALL = Scale()
ADDRESSES = ("USERS_ADDR", "TEAMS_ADDR", "SESSIONS_ADDR")
TINY = Scale(users=120, sessions=12, registrations=240)


class Moved(NamedTuple):
    home: Houses
    report: Report
    old_before: str
    foretold: Report


@pytest_asyncio.fixture(scope="module")
async def moved(postgres: PostgresPair, valkey: ValkeyCluster) -> AsyncIterator[Moved]:
    """An old bot after a move, for those who only look."""
    async with houses(postgres, valkey.url, "moved", SMALL) as home:
        before = await fingerprint(home)
        foretold = await home.move(dry_run=True)
        yield Moved(home, await home.move(ADMIN_TG_IDS="1,70000003"), before, foretold)


@pytest.fixture(scope="module")
def home(moved: Moved) -> Houses:
    return moved.home


@pytest.fixture(scope="module")
def report(moved: Moved) -> Report:
    return moved.report


@pytest_asyncio.fixture
async def fresh(
    postgres: PostgresPair, valkey: ValkeyCluster, request: pytest.FixtureRequest
) -> AsyncIterator[Houses]:
    """A tiny old bot that nobody has moved yet."""
    name = request.node.name.removeprefix("test_")[:24]
    async with houses(postgres, valkey.url, name, TINY) as home:
        yield home


async def fingerprint(home: Houses) -> str:
    """Of every row of the old database."""
    asked = (
        f'SELECT md5(string_agg(t::text, $1 ORDER BY t::text)) FROM "{name}" t'  # noqa: S608 - ours
        for name in TABLES
    )
    return "".join([str(await home.old.fetchval(query, "|")) for query in asked])


async def all_of(home: Houses, schema: str, query: str) -> list[tuple[Any, ...]]:
    return [tuple(row.values()) for row in await home.new[schema].fetch(query)]


def test_every_row_found_is_told_of_once(report: Report) -> None:
    assert report.adds_up
    assert all(tally.moved for tally in report.tables.values())
    for name in REPORTED:
        told = [row for row in report.left if row["table"] == name]
        assert len(told) == len({row["id"] for row in told}) == report.tables[name].left


async def test_what_is_found_is_what_the_old_tables_hold(home: Houses, report: Report) -> None:
    users = await home.old.fetchval('SELECT count(*) FROM "User"')
    entries = await home.old.fetchval(
        'SELECT (SELECT count(*) FROM "SessionRegistration")'
        ' + (SELECT count(*) FROM "Registration")'
    )
    assert report.tables["users"].found == users
    assert report.tables["registrations"].found == entries


async def test_a_second_move_finds_everything_there_and_leaves_the_same(moved: Moved) -> None:
    again = await moved.home.move()
    assert again.adds_up
    for name, tally in again.tables.items():
        assert (tally.moved, tally.already_there) == (0, moved.report.tables[name].moved)
    assert again.left == moved.report.left
    assert again.as_json()["sums"] == moved.report.as_json()["sums"]


async def test_nothing_of_the_old_database_changes(moved: Moved) -> None:
    assert await fingerprint(moved.home) == moved.old_before


async def test_nobody_is_sent_anything(home: Houses) -> None:
    for schema in ("sessions", "teams"):
        assert await home.one(schema, "SELECT count(*) FROM pgqueuer") == 0


def test_a_dry_run_tells_what_a_move_does(moved: Moved) -> None:
    assert moved.foretold.as_json() == moved.report.as_json()


async def test_a_dry_run_writes_nothing_and_sees_what_is_there(fresh: Houses) -> None:
    dry = await fresh.move(dry_run=True)
    assert dry.adds_up
    assert await fresh.one("users", "SELECT count(*) FROM people") == 0
    assert await fresh.one("sessions", "SELECT count(*) FROM sessions") == 0
    await fresh.move()
    again = await fresh.move(dry_run=True)
    assert all(tally.moved == 0 for tally in again.tables.values())
    assert again.as_json()["sums"] == dry.as_json()["sums"]


async def test_a_move_that_was_broken_off_goes_on(fresh: Houses) -> None:
    with pytest.raises(Unanswered):
        await broken_off(fresh)
    assert await fresh.one("users", "SELECT count(*) FROM people") == TINY.users
    report = await fresh.move()
    assert report.adds_up
    assert report.tables["users"].already_there == TINY.users
    assert report.tables["registrations"].moved > 0
    assert report.tables["registrations"].already_there > 0


async def broken_off(home: Houses) -> None:
    """A move whose service is gone after the first call for entries, that one's answer lost."""
    settings = MoveInSettings(
        users_addr=home.addresses["USERS_ADDR"],
        teams_addr=home.addresses["TEAMS_ADDR"],
        sessions_addr=home.addresses["SESSIONS_ADDR"],
    )
    async with OldBot.open(home.old_url) as old, found_or_started(settings, {}, print) as target:
        target = replace(target, sessions=Gone(target.sessions))
        with Known() as known:
            hand_over = HandingOver(known, Report(), dry_run=False, seconds_per_call=20)
            clock = Clock(zone=settings.zone)
            now = datetime.now(UTC)
            step = Move(old=old, target=target, hand_over=hand_over, clock=clock, now=now)
            await step.everything(())


class Gone:
    """A stub that loses the answer of the first call for entries."""

    def __init__(self, stub: Any) -> None:
        self._stub = stub

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stub, name)

    async def ImportEntries(self, request: Any, *, timeout: float) -> Any:
        del request.entries[20:]
        await self._stub.ImportEntries(request, timeout=timeout)
        raise Unanswered("gone")


async def test_services_that_were_not_told_to_take_nothing_in(
    postgres: PostgresPair, valkey: ValkeyCluster
) -> None:
    async with houses(postgres, valkey.url, "closed", TINY, enabled=False) as home:
        with pytest.raises(RemoteRefusal) as refusal:
            await home.move()
        assert refusal.value.reason == "IMPORT_DISABLED"
        code, words = await command(home, "--from", home.old_url)
        assert (code, "IMPORT_ENABLED=true" in words) == (2, True)
        assert await home.one("users", "SELECT count(*) FROM people") == 0


async def test_whom_fotbot_has_met_keeps_what_he_told_and_gets_the_rest(fresh: Houses) -> None:
    await fresh.new["users"].execute(
        "INSERT INTO people (telegram_id, name, name_folded, language, language_chosen, role,"
        " reachable) VALUES (70000004, 'Own name', 'own name', 'en', true, 'player', true)"
    )
    report = await fresh.move()
    assert report.adds_up
    query = "SELECT name, language, phone FROM people WHERE telegram_id = 70000004"
    assert await all_of(fresh, "users", query) == [("Own name", "en", "+998900000004")]


async def test_a_placeholder_comes_without_a_telegram_account(home: Houses) -> None:
    placeholders = await home.old.fetchval(
        """SELECT count(*) FROM "User" WHERE "telegramId" LIKE 'placeholder%'"""
    )
    query = "SELECT count(*) FROM people WHERE telegram_id IS NULL AND NOT reachable"
    assert await home.one("users", query) == placeholders > 0


async def test_of_two_with_a_phone_the_elder_account_keeps_it(home: Houses) -> None:
    phones = await all_of(
        home,
        "users",
        "SELECT telegram_id, phone FROM people WHERE telegram_id IN (70000051, 70000052)",
    )
    assert sorted(phones) == [(70000051, "+998900000051"), (70000052, None)]


async def test_account_names_come_along_and_passwords_do_not(home: Houses) -> None:
    names = await home.one("users", "SELECT count(*) FROM imported_accounts")
    assert names == await home.old.fetchval('SELECT count("username") FROM "User"')
    for table in ("people", "imported_accounts"):
        held = f"SELECT count(*) FROM {table} t WHERE t::text LIKE '%synthetic%'"  # noqa: S608 - ours
        assert await home.one("users", held) == 0


async def test_drawn_sides_are_no_teams_and_nobody_leads_two(home: Houses) -> None:
    drawn = "SELECT count(*) FROM teams WHERE name LIKE 'FOT NABOR%' OR name LIKE 'Singles%'"
    assert await home.one("teams", drawn) == 0
    captains = await all_of(home, "teams", "SELECT captain_id FROM teams")
    assert len(captains) == len(set(captains)) > 0
    outside = (
        "SELECT count(*) FROM teams t WHERE NOT EXISTS (SELECT FROM members m"
        " WHERE m.team_id = t.id AND m.user_id = t.captain_id)"
    )
    assert await home.one("teams", outside) == 0


async def test_places_are_counted_and_never_more_than_there_are(home: Houses) -> None:
    wrong = """SELECT s.id FROM sessions s WHERE s.taken > s.capacity OR s.taken <> (
        SELECT coalesce(sum(places), 0) FROM entries
        WHERE session_id = s.id AND status IN ('pending', 'confirmed'))"""
    assert await all_of(home, "sessions", wrong) == []
    assert await home.one("sessions", "SELECT sum(taken) FROM sessions") > 0


async def test_who_was_never_let_in_is_out_of_what_is_past(home: Houses) -> None:
    waiting = """SELECT count(*) FILTER (WHERE s.starts_at < now()),
        count(*) FILTER (WHERE s.starts_at > now())
        FROM entries e JOIN sessions s ON s.id = e.session_id WHERE e.status = 'pending'"""
    [(past, coming)] = await all_of(home, "sessions", waiting)
    assert past == 0 < coming


async def test_the_sums_are_those_of_the_tables(home: Houses, report: Report) -> None:
    money = "SELECT sum(amount) FROM payments WHERE status IN ('confirmed', 'kept')"
    assert await home.one("sessions", money) == report.money_confirmed.new > 0
    coupons = "SELECT count(*) FROM coupons WHERE status = 'available'"
    assert await home.one("sessions", coupons) == report.coupons_available.new > 0


async def test_a_payment_is_as_the_last_step_of_its_history_says(home: Houses) -> None:
    wrong = """SELECT p.entry_id, p.status, e.action FROM payments p LEFT JOIN LATERAL (
            SELECT action, amount, coupons FROM payment_events
            WHERE entry_id = p.entry_id ORDER BY id DESC LIMIT 1) AS e ON true
        WHERE (e.amount, e.coupons) IS DISTINCT FROM (p.amount, p.coupons::int)
            OR e.action <> CASE p.status WHEN 'submitted' THEN 'receipt' ELSE p.status END"""
    assert await all_of(home, "sessions", wrong) == []


async def test_what_is_owed_for_coming_evenings_is_price_by_players(home: Houses) -> None:
    wrong = """SELECT e.id FROM entries e JOIN sessions s ON s.id = e.session_id
        LEFT JOIN payments p ON p.entry_id = e.id
        WHERE s.starts_at > now() AND e.status IN ('pending', 'confirmed')
            AND e.price * (e.places - coalesce(p.coupons, 0)) <> coalesce(p.amount, 0)"""
    assert await all_of(home, "sessions", wrong) == []


async def test_wall_clocks_are_the_venues(home: Houses) -> None:
    """Evenings begin between 18 and 22 o'clock there."""
    hours = await all_of(
        home,
        "sessions",
        "SELECT DISTINCT extract(hour FROM starts_at AT TIME ZONE 'Asia/Tashkent')::int"
        " FROM sessions WHERE man_of_session_id IS NOT NULL",
    )
    assert hours
    assert all(18 <= hour <= 22 for (hour,) in hours)


async def test_evenings_without_a_sensible_end_last_two_hours(home: Houses) -> None:
    lasts = await all_of(home, "sessions", "SELECT DISTINCT ends_at - starts_at FROM sessions")
    assert [span.total_seconds() for (span,) in lasts] == [7200]


async def test_the_first_admin_whom_the_old_bot_knew_runs_what_came(home: Houses) -> None:
    admin = await home.one("users", "SELECT id FROM people WHERE telegram_id = 70000003")
    organisers = await all_of(home, "sessions", "SELECT DISTINCT organiser_id FROM sessions")
    assert organisers == [(admin,)]


async def test_a_finished_evening_keeps_the_table_and_figures_it_had(home: Houses) -> None:
    legacy_id = await home.old.fetchval(
        """SELECT "sessionId" FROM "SessionTeam" JOIN "Session" s ON s."id" = "sessionId"
        WHERE s."status" = 'FINISHED' ORDER BY 1 LIMIT 1"""
    )
    session_id = await home.one(
        "sessions", "SELECT id FROM imported WHERE kind = 'session' AND legacy_id = $1", legacy_id
    )
    evening = await SqlEvenings(home.databases["sessions"]).of_session(SessionId(session_id))
    assert evening is not None
    names = {side.side_id: side.name for side in evening.line_ups}
    told = [(names[row.side_id], row.points) for row in evening.table()]
    old = await home.old.fetch(
        'SELECT t."name", st."points" FROM "SessionTeam" st JOIN "Team" t ON t."id" = st."teamId"'
        ' WHERE st."sessionId" = $1',
        legacy_id,
    )
    assert sorted(told) == sorted(tuple(row.values()) for row in old)
    assert [points for _, points in told] == sorted((row["points"] for row in old), reverse=True)
    assert sum(one.goals for one in evening.told.figures) == await home.old.fetchval(
        'SELECT sum("goals") FROM "MatchStat" JOIN "Match" m ON m."id" = "matchId"'
        ' WHERE m."sessionId" = $1',
        legacy_id,
    )


async def test_careers_begin_with_the_figures_they_had(home: Houses) -> None:
    old = await home.old.fetchval('SELECT (sum("goals"), sum("assists"))::text FROM "PlayerStat"')
    query = "SELECT (sum(goals), sum(assists))::text FROM figures WHERE season = 0"
    assert await home.one("sessions", query) == old


async def test_a_match_without_a_session_is_a_finished_evening_of_its_own(home: Houses) -> None:
    lonely = await home.old.fetchval('SELECT count(*) FROM "Match" WHERE "sessionId" IS NULL')
    made = """SELECT count(*) FROM imported i JOIN sessions s ON s.id = i.id
        JOIN matches m ON m.session_id = s.id
        WHERE i.kind = 'session' AND i.legacy_id LIKE 'match:%' AND s.status = 'finished'"""
    assert await home.one("sessions", made) == lonely > 0


async def test_who_won_is_known_where_nobody_wrote_the_score(home: Houses) -> None:
    won_away = """SELECT s.id FROM sessions s JOIN matches m ON m.session_id = s.id
        JOIN told_results t ON t.match_id = m.id JOIN imported i ON i.id = s.id
        WHERE i.kind = 'session' AND i.legacy_id LIKE 'match:%' AND t.result = 2
            AND m.home_score = 0 AND m.away_score = 0 ORDER BY s.id LIMIT 1"""
    session_id = SessionId(await home.one("sessions", won_away))
    evening = await SqlEvenings(home.databases["sessions"]).of_session(session_id)
    assert evening is not None
    [match] = evening.matches
    assert match.winner == match.away
    table = [(row.side_id, row.place, row.points, row.goals_for) for row in evening.table()]
    assert table == [(match.away, 1, 3, 0), (match.home, 2, 0, 0)]


async def test_the_command_writes_the_report_and_tells_time_and_memory(
    home: Houses, tmp_path: Path
) -> None:
    file = tmp_path / "report.json"
    code, words = await command(home, "--from", home.old_url, "--dry-run", "--report", str(file))
    assert code == 0, words
    report = json.loads(file.read_text())
    assert list(report) == ["tables", "sums", "left"]
    assert tuple(report["tables"]) == REPORTED
    assert all(list(row) == ["table", "id", "reason"] for row in report["left"])
    assert "MB of memory" in words
    assert words.count(" in Asia/Tashkent (") == 3


async def test_without_addresses_the_local_system_is_started_for_the_move(
    fresh: Houses, tmp_path: Path
) -> None:
    local = {"LOCAL_DATA": str(tmp_path / "data"), "LOCAL_PORTS": "free"}
    nowhere = dict.fromkeys(ADDRESSES, "")
    code, words = await command(fresh, "--from", fresh.old_url, **nowhere, **local)
    assert code == 0, words
    assert "into the local system, started for the move" in words
    assert "stopping users, sessions, teams" in words


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("mysql://me:secret@localhost/old", "does not begin with postgresql://"),
        ("postgresql://me:secret@127.0.0.1:1/old", "it cannot be opened"),
    ],
)
async def test_an_address_that_leads_nowhere_is_told_without_its_password(
    home: Houses, address: str, told: str
) -> None:
    code, words = await command(home, "--from", address)
    assert code == 2
    assert told in words
    assert "secret" not in words
    assert "Traceback" not in words


async def command(home: Houses, *arguments: str, **environ: str) -> tuple[int, str]:
    """The command's exit code and words."""
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "services.local.move_in", *arguments),
        env={**os.environ, **home.addresses, **environ},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    words, _ = await asyncio.wait_for(child.communicate(), 200)
    return child.returncode or 0, words.decode()
