"""Migrations beside a release that is running: one migrator at a time, on the primary alone, never
in anybody's way for long, indexes built beside the writes."""

from __future__ import annotations

import asyncio
import sys
import textwrap
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy.exc import DBAPIError

from services.chassis.migrations import MigrateSettings, MigrationRefused, head, migrate
from services.local.stores.postgres import PostgresPair
from services.local.stores.postgres_schemas import Database
from services.local.stores.sql import Connection, connect
from tests.eventually import eventually

BEGIN = """
    import sqlalchemy as sa
    from alembic import op
    from services.chassis import grown_tables
    revision = "{revision}"
    down_revision = {down}
    def upgrade():
"""
FIRST = """
        op.create_table("grown", sa.Column("id", sa.BigInteger), sa.Column("name", sa.Text))
        op.execute("INSERT INTO grown SELECT n, n::text FROM generate_series(1, 1000) AS n")
"""
INDEX = """
        grown_tables.create_index("grown_name", "grown", ["name"], where="id > 10")
"""
COLUMN = """
        op.add_column("grown", sa.Column("age", sa.Integer))
"""
WRITE = "INSERT INTO users.grown VALUES (0, 'under way')"
READ = "SELECT count(*) FROM users.grown"
BUILDING = """SELECT pid FROM pg_stat_activity
    WHERE query LIKE 'CREATE INDEX CONCURRENTLY grown_name%' AND wait_event_type = 'Lock'"""
IS_VALID = "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('users.grown_name')"
REVISION = "SELECT version_num FROM users.alembic_version"


class Release:
    """A package of migrations that a test writes one by one."""

    def __init__(self, folder: Path, name: str) -> None:
        self.package = name
        self._versions = folder / name / "migrations" / "versions"
        self._versions.mkdir(parents=True)
        (folder / name / "__init__.py").touch()
        self._count = 0

    def adds(self, body: str) -> None:
        """The next migration."""
        self._count += 1
        down = f'"{self._count - 1:04}"' if self._count > 1 else "None"
        begin = BEGIN.format(revision=f"{self._count:04}", down=down)
        source = textwrap.dedent(begin + body)
        (self._versions / f"{self._count:04}_made.py").write_text(source)


@pytest.fixture
def release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Release]:
    name = f"release_{tmp_path.name.replace('-', '_')}"
    monkeypatch.syspath_prepend(tmp_path)
    made = Release(tmp_path, name)
    made.adds(FIRST)
    yield made
    sys.modules.pop(name, None)


@asynccontextmanager
async def somebody(database: Database) -> AsyncIterator[Connection]:
    """A client: the release that is running."""
    connection = await connect(database.url("users"))
    try:
        yield connection
    finally:
        await connection.close(timeout=5)


@asynccontextmanager
async def under_way(connection: Connection, statement: str) -> AsyncIterator[None]:
    """A transaction that has done this and stays open while the block runs."""
    await connection.execute(f"BEGIN; {statement}")
    try:
        yield
    finally:
        await connection.execute("COMMIT")


def migrator(database: Database) -> MigrateSettings:
    return MigrateSettings(database_migrator_url=SecretStr(database.migrator_url("users")))


async def migrated(database: Database, release: Release, patience: float = 30.0) -> str:
    return await migrate(migrator(database), release.package, "users", patience)


async def test_two_migrators_at_once_make_everything_once(
    postgres: PostgresPair, release: Release
) -> None:
    made = await postgres.create_database("migrators_two")
    release.adds(INDEX)
    assert await asyncio.gather(*(migrated(made, release) for _ in range(3))) == ["0002"] * 3
    async with somebody(made) as reader:
        assert await reader.fetchval("SELECT count(*) FROM users.grown") == 1000
        assert await reader.fetchval(IS_VALID)


async def test_who_comes_while_another_migrates_waits_only_so_long(
    postgres: PostgresPair, release: Release
) -> None:
    made = await postgres.create_database("migrators_waiting")
    await migrated(made, release)
    release.adds(INDEX)
    async with somebody(made) as writer, under_way(writer, WRITE):
        first = asyncio.create_task(migrated(made, release))
        await building(postgres, made)
        with pytest.raises(MigrationRefused, match="another migration"):
            await migrated(made, release, patience=0.5)
    assert await first == "0002"


async def test_an_index_is_built_while_others_go_on_writing(
    postgres: PostgresPair, release: Release
) -> None:
    made = await postgres.create_database("migrators_beside")
    await migrated(made, release)
    release.adds(INDEX)
    async with somebody(made) as slow, somebody(made) as quick:
        async with under_way(slow, WRITE):
            migrating = asyncio.create_task(migrated(made, release))
            await building(postgres, made)
            await quick.execute("SET statement_timeout = '1s'")
            await quick.execute("INSERT INTO users.grown VALUES (0, 'quick')")
            await quick.execute("UPDATE users.grown SET name = 'other' WHERE id = 7")
        assert await migrating == "0002"
        assert await quick.fetchval(IS_VALID)


async def test_a_build_that_was_cut_off_is_begun_anew(
    postgres: PostgresPair, release: Release
) -> None:
    made = await postgres.create_database("migrators_cut_off")
    await migrated(made, release)
    release.adds(INDEX)
    async with somebody(made) as writer:
        async with under_way(writer, WRITE):
            migrating = asyncio.create_task(migrated(made, release))
            pid = await building(postgres, made)
            await cancel(postgres, pid)
            with pytest.raises(DBAPIError, match="canceling statement"):
                await migrating
        assert await writer.fetchval(IS_VALID) is False
        assert await writer.fetchval(REVISION) == "0001"
        assert await migrated(made, release) == "0002"
        assert await writer.fetchval(IS_VALID)


async def test_a_lock_that_others_keep_is_given_up_before_they_queue_and_tried_again(
    postgres: PostgresPair, release: Release
) -> None:
    made = await postgres.create_database("migrators_give_way")
    await migrated(made, release)
    release.adds(COLUMN)
    loop = asyncio.get_running_loop()
    async with somebody(made) as reader, somebody(made) as other:
        async with under_way(reader, READ):
            migrating = asyncio.create_task(migrated(made, release))
            await eventually(lambda: waits(postgres, made))
            began = loop.time()
            # Behind the migration in the queue, and for two seconds at most.
            await other.fetchval(READ)
            assert loop.time() - began < 4.0
            assert not migrating.done()
        assert await migrating == "0002"


async def test_where_others_never_let_go_it_refuses_and_nothing_is_changed(
    postgres: PostgresPair, release: Release
) -> None:
    made = await postgres.create_database("migrators_refused")
    await migrated(made, release)
    release.adds(COLUMN)
    async with somebody(made) as reader:
        async with under_way(reader, READ):
            with pytest.raises(MigrationRefused, match="locks of users"):
                await migrated(made, release, patience=0.1)
        assert await reader.fetchval(REVISION) == "0001"


async def test_on_a_standby_it_refuses_and_says_where_to_go(
    postgres: PostgresPair, release: Release
) -> None:
    made = await postgres.create_database("migrators_standby")
    url = SecretStr(made.replica_url("users_migrator"))
    with pytest.raises(MigrationRefused, match="standby: migrations run on the primary"):
        await migrate(MigrateSettings(database_migrator_url=url), release.package, "users")


async def test_a_revision_of_nobodys_is_refused_and_a_later_ones_is_left_as_it_is(
    postgres: PostgresPair, release: Release
) -> None:
    made = await postgres.create_database("migrators_unknown")
    release.adds(COLUMN)
    await migrated(made, release)
    async with somebody(made) as writer:
        await writer.execute("UPDATE users.alembic_version SET version_num = '0000'")
        with pytest.raises(MigrationRefused, match="none of this product's"):
            await migrated(made, release)
        await writer.execute("UPDATE users.alembic_version SET version_num = '0003'")
        assert await migrated(made, release) == "0003" > head(release.package)


async def test_the_command_says_why_it_refuses_in_one_line(postgres: PostgresPair) -> None:
    made = await postgres.create_database("migrators_command")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "services.users.migrate"),
        env={"DATABASE_MIGRATOR_URL": made.replica_url("users_migrator")},
        stderr=asyncio.subprocess.PIPE,
    )
    _, said = await process.communicate()
    assert process.returncode == 3
    assert said.decode() == "users: this server is a standby: migrations run on the primary\n"


async def building(postgres: PostgresPair, database: Database) -> int:
    """The process that builds the index, once it waits for a writer."""
    admin = await postgres.admin(database.name)
    try:
        await eventually(lambda: admin.fetchval(BUILDING))
        return int(await admin.fetchval(BUILDING))
    finally:
        await admin.close(timeout=5)


async def waits(postgres: PostgresPair, database: Database) -> bool:
    """Whether a migration stands in a queue for its lock."""
    admin = await postgres.admin(database.name)
    try:
        asked = "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'relation'"
        return bool(await admin.fetchval(asked))
    finally:
        await admin.close(timeout=5)


async def cancel(postgres: PostgresPair, pid: int) -> None:
    admin = await postgres.admin()
    try:
        await admin.execute(f"SELECT pg_cancel_backend({pid})")
    finally:
        await admin.close(timeout=5)
