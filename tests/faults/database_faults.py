"""Faults of Postgres and of the way to it."""

from __future__ import annotations

import asyncio

from tests.faults.scenarios import Evidence, Scenario, Scene

LOCKED_SECONDS, FROZEN_SECONDS, SLOW_SECONDS, FULL_SECONDS = 4.0, 6.0, 6.0, 4.0
CUT_COMMITS = 15
FEW_CONNECTIONS = 2
SLOW_WAY, LOST_SHARE = 0.15, 0.02
FAILING = """
CREATE SEQUENCE sessions.failed;
CREATE FUNCTION sessions.fails() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    IF random() < {share} THEN
        PERFORM nextval('sessions.failed');
        RAISE EXCEPTION 'as asked' USING ERRCODE = '{code}';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER fails BEFORE INSERT ON sessions.entries
FOR EACH ROW EXECUTE FUNCTION sessions.fails()"""
HOW_OFTEN = "SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM sessions.failed"
WELL_AGAIN = """
DROP FUNCTION IF EXISTS sessions.fails CASCADE;
DROP SEQUENCE IF EXISTS sessions.failed"""


async def lose_primary(scene: Scene) -> Evidence:
    """Killed at once; the standby, which has every commit that was acknowledged, takes over."""
    await scene.town.promote()
    return {"promoted": 1}


async def lose_primary_and_more(scene: Scene) -> Evidence:
    """The same while the standby need not have what was acknowledged, and has not."""
    town = scene.town
    await town.replicate(synchronously=False)
    town.replication.freeze()
    await asyncio.sleep(3.0)
    await town.promote()
    return {"promoted": 1}


async def split(scene: Scene) -> Evidence:
    """The standby is promoted by mistake; later the old primary is fenced."""
    await scene.town.postgres.promote_standby()
    await asyncio.sleep(3.0)
    scene.town.primary.refuse()
    await scene.town.postgres.stop_primary()
    scene.town.promoted = True
    return {"promoted": 1}


async def pause_replay(scene: Scene) -> Evidence:
    """The standby shows nothing new for a while."""
    await scene.town.postgres.pause_replay()
    await asyncio.sleep(SLOW_SECONDS)
    await scene.town.postgres.resume_replay()
    return {"paused": 1}


async def exhaust(scene: Scene) -> Evidence:
    """The sessions service gets a few connections, not as many as it has pools."""
    admin = await scene.town.admin()
    try:
        await admin.execute(f"ALTER ROLE sessions CONNECTION LIMIT {FEW_CONNECTIONS}")
        ended = await admin.fetchval(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = $1",
            "sessions",
        )
        await asyncio.sleep(FULL_SECONDS)
    finally:
        await admin.execute("ALTER ROLE sessions CONNECTION LIMIT -1")
        await admin.close()
    return {"connections ended": ended}


async def lock_session(scene: Scene) -> Evidence:
    """Somebody holds the crowded session's row."""
    admin = await scene.town.admin()
    try:
        await admin.execute("BEGIN")
        await admin.fetch(
            "SELECT id FROM sessions.sessions WHERE id = $1 FOR UPDATE", scene.stage.crowded
        )
        await asyncio.sleep(LOCKED_SECONDS)
        waiting = await admin.fetchval(
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        )
        await admin.execute("ROLLBACK")
    finally:
        await admin.close()
    return {"waiting for it": waiting}


async def deadlocks(scene: Scene) -> Evidence:
    """A third of the groups that write is told that it was in a deadlock."""
    return await _failing(scene, "40P01", 0.3)


async def full_disk(scene: Scene) -> Evidence:
    """Whatever would write is told that there is no room."""
    return await _failing(scene, "53100", 1.0)


async def freeze_way(scene: Scene) -> Evidence:
    """The sockets to the primary stand open, and nothing comes through."""
    scene.town.primary.freeze()
    await asyncio.sleep(FROZEN_SECONDS)
    return {"frozen": 1}


async def slow_way(scene: Scene) -> Evidence:
    """300 ms there and back, and of a hundred packets two come late."""
    weather = scene.town.primary.weather
    weather.latency, weather.loss = SLOW_WAY, LOST_SHARE
    await asyncio.sleep(SLOW_SECONDS)
    return {"milliseconds": 2000 * SLOW_WAY}


async def cut_way(scene: Scene) -> Evidence:
    """Every connection to the primary is reset, five times."""
    cut = 0
    for _ in range(5):
        cut += scene.town.primary.cut()
        await asyncio.sleep(1.0)
    return {"connections cut": cut}


async def cut_commits(scene: Scene) -> Evidence:
    """Commits are carried out, and their connection is cut before anybody hears of it."""
    before = scene.town.primary.commits_cut
    for _ in range(3):
        scene.town.primary.cut_commits(CUT_COMMITS // 3)
        await asyncio.sleep(1.5)
    return {"commits cut": scene.town.primary.commits_cut - before}


async def _failing(scene: Scene, code: str, share: float) -> Evidence:
    admin = await scene.town.admin()
    try:
        await admin.execute(FAILING.format(code=code, share=share))
        await asyncio.sleep(FULL_SECONDS)
        failed = await admin.fetchval(HOW_OFTEN)
    finally:
        await admin.execute(WELL_AGAIN)
        await admin.close()
    return {"writes failed": failed}


PRIMARY_LOST = Scenario(
    name="primary_lost_sync", fault="F10", act=lose_primary, own_town=True, seconds=12.0
)
PRIMARY_LOST_ASYNC = Scenario(
    name="primary_lost_async",
    fault="F11",
    act=lose_primary_and_more,
    own_town=True,
    must_lose=True,
)
SPLIT = Scenario(name="standby_promoted_by_mistake", fault="F14", act=split, own_town=True)
REPLAY_PAUSED = Scenario(name="replay_paused", fault="F13", act=pause_replay)
CONNECTIONS_EXHAUSTED = Scenario(name="connections_exhausted", fault="F15", act=exhaust)
ROW_LOCKED = Scenario(name="session_row_locked", fault="F16", act=lock_session)
DEADLOCKS = Scenario(name="deadlocks", fault="F17", act=deadlocks)
DISK_FULL = Scenario(name="disk_full", fault="F18", act=full_disk)
HALF_OPEN = Scenario(name="database_half_open", fault="F20", act=freeze_way, seconds=12.0)
SLOW = Scenario(name="database_slow", fault="F21", act=slow_way, seconds=12.0)
CUT = Scenario(name="database_cut", fault="F20", act=cut_way)
CUT_IN_COMMIT = Scenario(name="cut_in_mid_commit", fault="F20", act=cut_commits)
