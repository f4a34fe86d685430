"""The SQL for roles and schemas gives each service what it needs, and the migrator the rest."""

from __future__ import annotations

import importlib
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio

from services.chassis.migrations import MigrateSettings, migrate
from services.chassis.settings import load
from services.local.process import LOOPBACK
from services.local.roles import MIGRATIONS
from services.local.stores.postgres import PostgresPair
from services.local.stores.sql import NO_ANSWER, Connection, connect
from tests.helm.chart import CHART

DATABASE, PASSWORD = "made_by_the_chart", "chart"
TABLES = """SELECT c.relname AS name, c.relkind = 'S' AS is_sequence
    FROM pg_class c WHERE c.relnamespace = $1::regnamespace AND c.relkind IN ('r', 'p', 'S', 'v')"""


@pytest_asyncio.fixture(scope="module")
async def made(postgres: PostgresPair) -> AsyncIterator[Connection]:
    """An administrator's connection to a database as the chart's SQL leaves it, run twice and then
    migrated by the migrators."""
    admin = await postgres.admin()
    await admin.execute(f"CREATE DATABASE {DATABASE}")
    await admin.close()
    connection = await postgres.admin(DATABASE)
    script = (CHART / "files" / "database.sql").read_text()
    await connection.execute(script)
    await connection.execute(script)
    database = replace(postgres.database, name=DATABASE)
    for schema, module in MIGRATIONS.items():
        environ = {"DATABASE_MIGRATOR_URL": database.migrator_url(schema)}
        settings = load(MigrateSettings, environ)
        storage = importlib.import_module(module.replace(".migrate", ".storage")).__name__
        await migrate(settings, storage, schema)
    yield connection
    await connection.close()


@pytest.mark.parametrize("schema", MIGRATIONS)
async def test_a_service_reads_and_writes_all_of_its_schema(made: Connection, schema: str) -> None:
    found = await made.fetch(TABLES, schema)
    assert found
    for row in found:
        name = f"{schema}.{row['name']}"
        asked = "sequence" if row["is_sequence"] else "table"
        wanted = ["USAGE"] if row["is_sequence"] else ["SELECT", "INSERT", "UPDATE", "DELETE"]
        for right in wanted:
            question = f"SELECT has_{asked}_privilege($1, $2, $3)"
            assert await made.fetchval(question, schema, name, right), (name, right)


@pytest.mark.parametrize("schema", MIGRATIONS)
async def test_a_service_owns_nothing_and_makes_nothing(made: Connection, schema: str) -> None:
    owner = f"{schema}_migrator"
    assert (
        await made.fetchval("SELECT has_schema_privilege($1, $2, 'CREATE')", schema, schema)
        is False
    )
    assert (
        await made.fetchval("SELECT has_schema_privilege($1, 'public', 'USAGE')", schema) is False
    )
    owners = "SELECT array_agg(DISTINCT tableowner::text) FROM pg_tables WHERE schemaname = $1"
    assert await made.fetchval(owners, schema) == [owner]


@pytest.mark.parametrize("schema", MIGRATIONS)
async def test_neither_a_service_nor_its_migrator_sees_anothers_schema(
    made: Connection, schema: str
) -> None:
    for role in (schema, f"{schema}_migrator"):
        for other in MIGRATIONS:
            question = "SELECT has_schema_privilege($1, $2, 'USAGE')"
            assert await made.fetchval(question, role, other) is (other == schema)


async def test_who_has_no_part_in_it_does_not_get_in(
    made: Connection, postgres: PostgresPair
) -> None:
    await made.execute(f"CREATE ROLE stranger LOGIN PASSWORD '{PASSWORD}'")
    with pytest.raises(NO_ANSWER, match="permission denied for database"):
        await connect(
            host=LOOPBACK,
            port=postgres.port,
            user="stranger",
            password=PASSWORD,
            database=DATABASE,
        )
