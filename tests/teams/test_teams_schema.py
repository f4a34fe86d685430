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
from services.teams.storage.tables import metadata

OWN = frozenset(metadata.tables)
COLUMNS = frozenset({"add_column", "remove_column", "modify_type", "modify_nullable"})


@pytest_asyncio.fixture(loop_scope="session")
async def connection(stored: Database) -> Any:
    """With a team of two and two sides of one; whatever a test does on it is undone."""
    engine = create_async_engine(stored.url("teams"), poolclass=NullPool)
    async with engine.connect() as connection:
        for statement in (
            "INSERT INTO teams (name, captain_id, created_at) VALUES ('Reds', 1, now())",
            "INSERT INTO members (team_id, user_id, joined_at, shirt_number)"
            " SELECT id, 1, now(), 10 FROM teams",
            "INSERT INTO members (team_id, user_id, joined_at) SELECT id, 2, now() FROM teams",
            "INSERT INTO sides (session_id, number, name) VALUES (5, 1, ''), (5, 2, '')",
            "INSERT INTO side_players (side_id, user_id, session_id, place, shirt_number)"
            " SELECT id, number, 5, 0, 10 FROM sides",
        ):
            await connection.execute(text(statement))
        yield connection


async def test_the_tables_have_the_columns_that_the_code_believes_in(
    connection: AsyncConnection,
) -> None:
    assert await connection.run_sync(_differences) == []


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE teams SET description = repeat('x', 3001)",
        "UPDATE members SET shirt_number = 10",
        "UPDATE members SET shirt_number = 26",
        "UPDATE members SET shirt_number = -1",
        "UPDATE sides SET number = 1",
        "UPDATE sides SET number = 7 WHERE number = 2",
        "UPDATE side_players SET shirt_number = 26",
        "UPDATE side_players SET user_id = 1",
        "INSERT INTO side_players (side_id, user_id, session_id, place, shirt_number)"
        " SELECT id, 9, 5, 1, 10 FROM sides WHERE number = 1",
    ],
)
async def test_what_cannot_be_is_not_stored(connection: AsyncConnection, change: str) -> None:
    with pytest.raises(IntegrityError):
        await connection.execute(text(change))


async def test_any_number_of_people_may_have_no_number(connection: AsyncConnection) -> None:
    await connection.execute(text("UPDATE members SET shirt_number = 0"))
    await connection.execute(text("UPDATE side_players SET shirt_number = 0"))


def _differences(connection: Connection) -> list[Any]:
    context = MigrationContext.configure(
        connection, opts={"include_name": lambda name, kind, _: kind != "table" or name in OWN}
    )
    found = compare_metadata(context, metadata)
    flat = [one for group in found for one in (group if isinstance(group, list) else [group])]
    return [one for one in flat if one[0] in COLUMNS]
