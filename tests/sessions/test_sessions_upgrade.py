"""Evenings of the release before this one are taken over: everybody keeps his place and owes."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from services.local.stores.postgres import PostgresPair

VERSIONS = "services.sessions.storage.migrations.versions"
SESSION = """INSERT INTO sessions
    (venue_id, starts_at, ends_at, format, price, capacity, taken, waitlisted, organiser_id)
    VALUES (1, now() + :ahead * interval '1 day', now() + 1000 * interval '1 day', 'five_a_side',
    40000, 2, 2, 1, 901)"""
ENTRIES = """INSERT INTO entries (session_id, user_id, status, turn) VALUES
    (:id, 1, 'confirmed', 1), (:id, 2, 'confirmed', 2), (:id, 3, 'waitlisted', 3),
    (:id, 4, 'cancelled', 4)"""
SEEN = """SELECT user_id, entries.price, places, kind, amount, payments.status,
    (SELECT active FROM entry_players WHERE entry_id = entries.id) AS active,
    (SELECT count(*) FROM payment_events WHERE entry_id = entries.id) AS steps
    FROM entries LEFT JOIN payments ON entry_id = entries.id WHERE session_id = :id ORDER BY 1"""


def _upgrade(connection: Connection, version: str) -> None:
    with Operations.context(MigrationContext.configure(connection)):
        import_module(f"{VERSIONS}.{version}").upgrade()


async def test_who_was_in_is_in_and_owes_what_is_still_to_be_played(postgres: PostgresPair) -> None:
    database = await postgres.create_database("sessions_before")
    connect = {"server_settings": {"search_path": "sessions"}}
    url = database.migrator_url("sessions")
    engine = create_async_engine(url, poolclass=NullPool, connect_args=connect)
    async with engine.begin() as connection:
        await connection.run_sync(_upgrade, "0001_first_evening")
        await connection.execute(text("INSERT INTO venues (name, time_zone) VALUES ('A', 'UTC')"))
        for id_, ahead in ((1, 2), (2, -2)):
            await connection.execute(text(SESSION), {"ahead": ahead})
            await connection.execute(text(ENTRIES), {"id": id_})
        await connection.run_sync(_upgrade, "0002_registrations")
        coming, past = [
            [tuple(row) for row in await connection.execute(text(SEEN), {"id": id_})]
            for id_ in (1, 2)
        ]
        session: Any = (await connection.execute(text("SELECT * FROM sessions"))).first()
    await engine.dispose()
    owes: tuple[object, ...] = (40_000, 1, "individual", 40_000, "due", True, 1)
    assert coming == [
        (1, *owes),
        (2, *owes),
        (3, 40_000, 1, "individual", None, None, True, 0),
        (4, 0, 1, "individual", None, None, False, 0),
    ]
    assert [row[1:6] for row in past] == [(0, 1, "individual", None, None)] * 4
    assert (session.squad_size, session.needs_approval) == (7, False)
