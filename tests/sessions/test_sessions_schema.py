"""The migrations make the tables that the code believes in, and the guards hold without it."""

from __future__ import annotations

from typing import Any

import pytest
import pytest_asyncio
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from services.local.stores.postgres_schemas import Database
from services.sessions.storage.tables import metadata

OWN = frozenset(metadata.tables)


@pytest_asyncio.fixture(loop_scope="session")
async def connection(stored: Database) -> Any:
    """Whatever a test does on it is undone."""
    engine = create_async_engine(stored.url("sessions"), poolclass=NullPool)
    async with engine.connect() as connection:
        yield connection


async def test_the_tables_are_what_the_code_believes(connection: AsyncConnection) -> None:
    assert await connection.run_sync(_differences) == []


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE sessions SET taken = 11",
        "UPDATE sessions SET taken = -1",
        "UPDATE sessions SET waitlisted = -1",
        "UPDATE sessions SET capacity = 1",
        "UPDATE sessions SET capacity = 101",
        "UPDATE sessions SET price = -1",
        "UPDATE sessions SET ends_at = starts_at",
        "UPDATE sessions SET status = 'lost'",
    ],
)
async def test_an_impossible_session_cannot_be_stored(
    connection: AsyncConnection, change: str
) -> None:
    await _open(connection)
    with pytest.raises(IntegrityError):
        await connection.execute(text(change))


async def test_a_person_has_one_active_entry_in_a_session(connection: AsyncConnection) -> None:
    session_id = await _open(connection)
    enter = text("INSERT INTO entries (session_id, user_id, status, turn) VALUES (:s, 7, :t, :n)")
    for turn, status in enumerate(("cancelled", "cancelled", "confirmed")):
        await connection.execute(enter, {"s": session_id, "t": status, "n": turn})
    with pytest.raises(IntegrityError, match="entries_active_key"):
        await connection.execute(enter, {"s": session_id, "t": "waitlisted", "n": 9})


async def _open(connection: AsyncConnection) -> int:
    venue = "INSERT INTO venues (name, time_zone) VALUES ('Arena', 'UTC') RETURNING id"
    venue_id = (await connection.execute(text(venue))).scalar_one()
    session = text(
        "INSERT INTO sessions (venue_id, starts_at, ends_at, format, price, capacity,"
        " organiser_id) VALUES (:venue, now(), now() + interval '1 hour', 'five_a_side', 0, 10, 1)"
        " RETURNING id"
    )
    found = await connection.execute(session, {"venue": venue_id})
    return int(found.scalar_one())


def _differences(connection: Connection) -> list[Any]:
    def is_own(_thing: Any, name: str | None, kind: str, *_: Any) -> bool:
        return kind != "table" or name in OWN

    options = {"include_object": is_own, "compare_server_default": False}
    context = MigrationContext.configure(connection, opts=options)
    return list(compare_metadata(context, metadata))
