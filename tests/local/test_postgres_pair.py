"""The embedded pair keeps its promises: data kept, standby following, schemas closed."""

from __future__ import annotations

import pytest
from asyncpg.exceptions import InsufficientPrivilegeError, InvalidPasswordError

from services.local.stores.postgres import PostgresPair
from services.local.stores.sql import connect


async def value(url: str, question: str) -> object:
    connection = await connect(url)
    try:
        return await connection.fetchval(question)
    finally:
        await connection.close()


async def test_a_row_written_on_the_primary_is_read_on_the_standby(postgres: PostgresPair) -> None:
    database = await postgres.create_database("pair_follow")
    await value(database.migrator_url("users"), "CREATE TABLE people AS SELECT 7 AS id")
    await postgres.catch_up()
    assert await value(database.replica_url("users"), "SELECT id FROM people") == 7
    assert await value(database.replica_url("users"), "SELECT pg_is_in_recovery()") is True


async def test_a_paused_replay_shows_the_past_until_it_is_resumed(postgres: PostgresPair) -> None:
    database = await postgres.create_database("pair_pause")
    await value(database.migrator_url("users"), "CREATE TABLE people (id int)")
    await postgres.catch_up()
    await postgres.pause_replay()
    try:
        await value(database.url("users"), "INSERT INTO people VALUES (1)")
        assert await value(database.replica_url("users"), "SELECT count(*) FROM people") == 0
    finally:
        await postgres.resume_replay()
    assert await value(database.replica_url("users"), "SELECT count(*) FROM people") == 1


async def test_a_role_cannot_read_another_roles_schema(postgres: PostgresPair) -> None:
    database = await postgres.create_database("pair_roles")
    await value(database.migrator_url("users"), "CREATE TABLE people (phone text)")
    for url in (database.url("teams"), database.migrator_url("teams")):
        with pytest.raises(InsufficientPrivilegeError):
            await value(url, "SELECT phone FROM users.people")
        with pytest.raises(InsufficientPrivilegeError):
            await value(url, "CREATE TABLE public.mine (id int)")


async def test_a_role_reads_and_writes_its_rows_and_changes_no_table(
    postgres: PostgresPair,
) -> None:
    database = await postgres.create_database("pair_rows")
    await value(database.migrator_url("users"), "CREATE TABLE people (phone text)")
    await value(database.url("users"), "INSERT INTO people VALUES ('1')")
    for forbidden in (
        "CREATE TABLE more (id int)",
        "ALTER TABLE people ADD name text",
        "TRUNCATE people",
        "DROP TABLE people",
    ):
        with pytest.raises(InsufficientPrivilegeError):
            await value(database.url("users"), forbidden)
    assert await value(database.url("users"), "SELECT count(*) FROM people") == 1


async def test_what_a_role_owned_in_an_older_release_is_the_migrators_from_the_next_start_on(
    postgres: PostgresPair,
) -> None:
    database = await postgres.create_database("pair_older")
    admin = await postgres.admin(database.name)
    await admin.execute("DROP SCHEMA users; CREATE SCHEMA users AUTHORIZATION users")
    await value(database.url("users"), "CREATE TABLE people AS SELECT 7 AS id")
    await postgres.create_database(database.name)
    owner = "SELECT tableowner FROM pg_tables WHERE tablename = 'people'"
    assert await admin.fetchval(owner) == "users_migrator"
    await admin.close()
    assert await value(database.url("users"), "SELECT id FROM people") == 7
    with pytest.raises(InsufficientPrivilegeError):
        await value(database.url("users"), "DROP TABLE people")
    await value(database.migrator_url("users"), "ALTER TABLE people ADD name text")


async def test_the_wrong_password_is_refused(postgres: PostgresPair) -> None:
    url = postgres.url("users").replace("users:", "users:0")
    with pytest.raises(InvalidPasswordError):
        await value(url, "SELECT 1")


async def test_statements_on_the_standby_can_be_seen(postgres: PostgresPair) -> None:
    database = await postgres.create_database("pair_seen")
    connection = await connect(database.replica_url("teams"))
    try:
        await connection.fetchval("SELECT 'here'")
        assert "SELECT 'here'" in await postgres.queries_on_standby(database.name)
    finally:
        await connection.close()
