"""Half an evening is backed up while it is played, and goes on in a fresh system: nobody lost his
place or his turn, and what was due is still done."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from services.gateway.features.sessions.callbacks import JoinSession, LeaveSession
from services.local.backup.__main__ import main
from services.local.backup.making import back_up
from services.local.backup.manifest import DUMP, MANIFEST, BackupFailed
from services.local.backup.restoring import restore
from services.local.ports import free_port, free_valkey_ports
from services.local.stores.postgres import DATABASE, PostgresPair
from services.local.stores.valkey import ValkeyCluster
from services.local.supervisor import Supervisor
from tests.e2e.city import ADMINS, City, running_city
from tests.e2e.league import Member, league
from tests.e2e.webhook import tap, until_done
from tests.eventually import eventually

PLACES = 3
NOTICES = "SELECT count(*) FROM sender.notices WHERE user_id = $1"
ORDER = """SELECT user_id, status FROM sessions.entries
    WHERE session_id = $1 AND status IN ('pending', 'confirmed', 'waitlisted') ORDER BY turn"""


@asynccontextmanager
async def over(data: Path) -> AsyncIterator[City]:
    """A whole system over a kept folder, as make run has it."""
    async with (
        Supervisor(data / "store-logs") as stores,
        PostgresPair(
            data / "postgres",
            stores,
            durable=False,
            port=free_port(),
            replica_port=free_port(),
        ) as postgres,
        ValkeyCluster(data / "valkey", stores, ports=free_valkey_ports(3)) as valkey,
        running_city(postgres, valkey, data, {"ADMIN_TG_IDS": ADMINS}) as city,
    ):
        yield city


async def pressed(city: City, member: Member, data: JoinSession | LeaveSession) -> str:
    """What the tap's answer says."""
    reply = await until_done(city.http, city.layout.webhook_url, tap(member.telegram_id, data))
    return reply.toast


async def entries(city: City, session: int) -> list[tuple[int, str]]:
    """Who is in and who waits, in their order."""
    admin = await city.postgres.admin(DATABASE)
    try:
        return [(row["user_id"], row["status"]) for row in await admin.fetch(ORDER, session)]
    finally:
        await admin.close(timeout=5)


async def is_told(city: City, member: Member) -> bool:
    """Whether a notice for him has reached the sender."""
    admin = await city.postgres.admin(DATABASE)
    try:
        return bool(await admin.fetchval(NOTICES, member.user_id))
    finally:
        await admin.close(timeout=5)


async def half_an_evening(city: City) -> tuple[int, Sequence[Member]]:
    """Three are in, three wait, one of those who were in leaves; nobody has been told of it yet."""
    async with league(city) as made:
        members = [await made.member() for _ in range(PLACES + 3)]
        session = (await made.session(capacity=PLACES)).id
    for member in members:
        assert await pressed(city, member, JoinSession(session_id=session))
    await city.supervisor.stop("sessions-worker")
    assert await pressed(city, members[0], LeaveSession(session_id=session))
    return session, members


async def test_an_evening_goes_on_in_a_fresh_system(tmp_path: Path) -> None:
    first, second, kept = tmp_path / "first", tmp_path / "second", tmp_path / "kept"
    for folder in (first, second):
        folder.mkdir()
    async with over(first) as city:
        session, members = await half_an_evening(city)
        before = await entries(city, session)
        assert not await is_told(city, members[PLACES])
        told = await back_up(first, kept)
        assert told.rows["users.people"] > len(members)
    assert (await restore(kept, second)).rows == told.rows
    async with over(second) as city:
        assert await entries(city, session) == before
        # The notice that was due when the backup was made.
        await eventually(lambda: is_told(city, members[PLACES]), 60)
        assert await pressed(city, members[1], LeaveSession(session_id=session))
        after = await entries(city, session)
        places = [user for user, status in after if status != "waitlisted"]
        assert places == [member.user_id for member in members[2:5]]
        assert "number 2" in await pressed(city, members[0], JoinSession(session_id=session))
    with pytest.raises(BackupFailed, match="holds a system already"):
        await restore(kept, second)


async def test_what_is_no_whole_backup_is_refused_by_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(BackupFailed, match="holds no system"):
        await back_up(tmp_path / "nothing", tmp_path / "kept")
    kept = tmp_path / "kept"
    kept.mkdir()
    with pytest.raises(BackupFailed, match="no finished backup"):
        await restore(kept, tmp_path / "data")
    (kept / DUMP).write_text("dump")
    for manifest, sentence in (
        ("{", "cannot be read"),
        ('{"made_at": "", "rows": {}, "sums": {}, "format": 9}', "another release"),
        ('{"made_at": "", "rows": {}, "sums": {"fotbot.dump": "0"}}', "is damaged"),
        ('{"made_at": "", "rows": {}, "sums": {"gone": "0"}}', "has no gone"),
    ):
        (kept / MANIFEST).write_text(manifest)
        with pytest.raises(BackupFailed, match=sentence):
            await restore(kept, tmp_path / "data")


def test_the_command_says_it_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=r"fotbot: .* holds no system"):
        main(["--data", str(tmp_path / "none"), "make"])
