"""A service's schema, brought up to date by alembic under an advisory lock.

Each service keeps its migrations in storage/migrations/versions; the version table is in its own
schema. Each migration is a transaction. A statement that cannot get its lock within two seconds
gives up and is tried again later, so that a migration never stands in the way of the release still
running.
"""

import asyncio
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from services.chassis import revisions
from services.chassis.db import Database
from services.chassis.dsn import primary_url
from services.chassis.server_trust import PostgresTrust
from services.chassis.settings import Settings

# For another migrator to end, and for those who keep a lock from us, in seconds.
PATIENCE = 60.0
AGAIN_SECONDS = 0.25
# An index over millions of rows takes its time; this is for what hangs.
LONGEST_SECONDS = 6 * 3600.0
LOCK_TIMEOUT = "2s"
# A lock not had in time, and a deadlock, of which somebody had to give way.
OTHERS_IN_THE_WAY = ("55P03", "40P01")


class MigrationRefused(Exception):
    """Nothing was changed; the message says what is in the way."""


class MigrateSettings(Settings):
    """What `python -m services.<name>.migrate` reads."""

    database_migrator_url: SecretStr
    """The role that may change the schema; the service's own role need not."""


def head(package: str) -> str:
    """The newest revision that the code of `package` (e.g. services.users.storage) knows."""
    return revisions.newest(_folder(package))


async def migrate(
    settings: MigrateSettings, package: str, schema: str, patience: float = PATIENCE
) -> str:
    """Upgrade `schema` to the head of `package`; safe to run by several at once. Answers the
    revision it is at now: a later one than the head where a newer release has been, whose schema
    this one works on as it is.

    Raises MigrationRefused on a standby, for a revision that is nobody's, and when others keep
    their locks for longer than `patience` seconds.
    """
    trust = PostgresTrust(primary_url(settings.database_migrator_url.get_secret_value()))
    engine = create_async_engine(
        trust.url,
        poolclass=NullPool,
        connect_args={
            **trust.arguments,
            "server_settings": {"search_path": schema, "lock_timeout": LOCK_TIMEOUT},
        },
    )
    try:
        async with asyncio.timeout(LONGEST_SECONDS), _alone(engine, schema, patience) as connection:
            return await _given_way(connection, package, schema, patience)
    finally:
        await engine.dispose()


@asynccontextmanager
async def _alone(
    engine: AsyncEngine, schema: str, patience: float
) -> AsyncIterator[AsyncConnection]:
    """A connection that holds the schema's lock until it ends. It asks again and again, for a
    statement that waits would keep the other's concurrent index from ever being done."""
    async with engine.connect() as connection:
        if await _asked(connection, "SELECT pg_is_in_recovery()"):
            raise MigrationRefused("this server is a standby: migrations run on the primary")
        key = zlib.crc32(schema.encode())
        try:
            async with asyncio.timeout(patience):
                while not await _asked(connection, f"SELECT pg_try_advisory_lock({key})"):  # noqa: ASYNC110
                    await asyncio.sleep(AGAIN_SECONDS)
        except TimeoutError:
            words = f"another migration of {schema} has been running for {patience:.0f} s"
            raise MigrationRefused(words) from None
        yield connection


async def _asked(connection: AsyncConnection, question: str) -> bool:
    """In a transaction that is over with the answer."""
    async with connection.begin():
        return bool(await connection.scalar(text(question)))


async def _given_way(
    connection: AsyncConnection, package: str, schema: str, patience: float
) -> str:
    """Each migration anew while others keep the locks that it needs."""
    loop = asyncio.get_running_loop()
    until = loop.time() + patience
    while True:
        try:
            return await connection.run_sync(_upgrade, package, schema)
        except DBAPIError as fault:
            if getattr(fault.orig, "sqlstate", None) not in OTHERS_IN_THE_WAY:
                raise
            await connection.rollback()
            if loop.time() > until:
                words = f"others have kept the locks of {schema} for {patience:.0f} s; try later"
                raise MigrationRefused(words) from None
        await asyncio.sleep(AGAIN_SECONDS)


def schema_is_current(database: Database, package: str) -> Callable[[], Awaitable[bool]]:
    """A readiness check: true once the schema has been seen at the head, and for ever after.

    For ever, since an outage of the database is not this process's lack. A revision that this code
    does not know is a newer release's: schemas only grow, so the release before works on it, and
    can be rolled back to.
    """
    wanted, known = head(package), revisions.known(_folder(package))
    seen = False

    async def check() -> bool:
        nonlocal seen
        if not seen:
            found = await _revision(database)
            seen = found == wanted or (found is not None and found not in known)
        return seen

    return check


async def _revision(database: Database) -> str | None:
    try:
        async with database.read_primary() as transaction:
            found = await transaction.execute(text("SELECT version_num FROM alembic_version"))
            return str(found.scalar_one())
    except Exception:
        return None


def _upgrade(connection: Connection, package: str, schema: str) -> str:
    # Imported here, since every service asks which revision it needs, and none has to make one.
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory(str(_folder(package)))

    def upgrade(revision: Any, _context: Any) -> Any:
        return scripts._upgrade_revs("head", revision)

    context = EnvironmentContext(Config(), scripts, fn=upgrade)
    context.configure(
        connection=connection,
        fn=upgrade,
        version_table_schema=schema,
        transactional_ddl=True,
        transaction_per_migration=True,
    )
    found = context.get_context().get_current_revision()
    connection.commit()
    if found is not None and found not in revisions.known(_folder(package)):
        return _left_alone(found, package)
    with context.begin_transaction():
        context.run_migrations()
    return head(package)


def _left_alone(found: str, package: str) -> str:
    """Of a newer release. Raises MigrationRefused for what no later release can have made."""
    if found <= head(package):
        raise MigrationRefused(f"the schema is at {found}, which is none of this product's")
    return found


def _folder(package: str) -> Path:
    return Path(str(files(package))) / "migrations"
