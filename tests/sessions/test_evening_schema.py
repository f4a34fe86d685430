"""The tables of an evening are what the code believes, and their guards hold without it."""

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
from services.sessions.storage.matches_tables import metadata

OWN = ("line_ups", "line_up_players", "matches", "goals", "figures")


@pytest_asyncio.fixture(loop_scope="session")
async def connection(stored: Database) -> Any:
    """An evening with a match and a goal; whatever a test does with it is undone."""
    engine = create_async_engine(stored.url("sessions"), poolclass=NullPool)
    async with engine.connect() as connection:
        for statement in EVENING:
            await connection.execute(text(statement))
        yield connection


EVENING = (
    "INSERT INTO venues (name, time_zone) VALUES ('Arena', 'UTC')",
    "INSERT INTO sessions (venue_id, starts_at, ends_at, format, price, capacity, organiser_id)"
    " SELECT id, now(), now() + interval '1 hour', 'five_a_side', 0, 10, 1 FROM venues",
    "INSERT INTO line_ups (side_id, session_id, number) SELECT n, id, n"
    " FROM sessions, generate_series(1, 2) n",
    "INSERT INTO line_up_players (side_id, user_id) VALUES (1, 11), (2, 21)",
    "INSERT INTO matches (session_id, number, home_side_id, away_side_id)"
    " SELECT id, 1, 1, 2 FROM sessions",
    "INSERT INTO goals (match_id, side_id, scorer_id) SELECT id, 1, 11 FROM matches",
    "INSERT INTO figures (user_id, season, wins, goals, assists) VALUES (11, 2026, 2, 3, 5)",
)


async def test_the_tables_are_what_the_code_believes(connection: AsyncConnection) -> None:
    assert await connection.run_sync(_differences) == []


@pytest.mark.parametrize(
    "change",
    [
        "INSERT INTO matches (session_id, number, home_side_id, away_side_id)"
        " SELECT id, 1, 1, 2 FROM sessions",
        "INSERT INTO line_ups (side_id, session_id, number) SELECT 3, id, 2 FROM sessions",
        "INSERT INTO line_up_players (side_id, user_id) VALUES (1, 11)",
        "INSERT INTO figures (user_id, season) VALUES (11, 2026)",
        "UPDATE matches SET away_side_id = home_side_id",
        "UPDATE matches SET home_score = -1",
        "UPDATE matches SET status = 'lost'",
        "UPDATE goals SET assist_id = scorer_id",
        "UPDATE goals SET side_id = 9",
        "UPDATE figures SET wins = -1",
    ],
)
async def test_an_impossible_evening_cannot_be_stored(
    connection: AsyncConnection, change: str
) -> None:
    with pytest.raises(IntegrityError):
        await connection.execute(text(change))


async def test_points_follow_the_figures(connection: AsyncConnection) -> None:
    points = text("SELECT doubled_points FROM figures")
    assert (await connection.execute(points)).scalar_one() == 6 * 2 + 2 * 3 + 5


@pytest.mark.parametrize("order", ["doubled_points", "goals", "assists", "wins"])
async def test_a_page_of_leaders_is_read_from_an_index(
    connection: AsyncConnection, order: str
) -> None:
    ties = [name for name in ("doubled_points", "goals", "assists") if name != order]
    by = ", ".join(f"{name} DESC" for name in (order, *ties))
    for way in ("seqscan", "bitmapscan", "sort"):
        await connection.execute(text(f"SET LOCAL enable_{way} = off"))
    plan = await connection.execute(
        text(
            f"EXPLAIN SELECT * FROM figures WHERE season = 0 ORDER BY {by}, user_id"  # noqa: S608
            " LIMIT 11 OFFSET 10"
        )
    )
    told = "\n".join(row[0] for row in plan)
    assert f"figures_{order}_idx" in told
    assert "Sort" not in told


def _differences(connection: Connection) -> list[Any]:
    def is_own(_thing: Any, name: str | None, kind: str, *_: Any) -> bool:
        return kind != "table" or name in OWN

    options = {"include_object": is_own, "compare_server_default": False}
    context = MigrationContext.configure(connection, opts=options)
    return list(compare_metadata(context, metadata))
