"""A service's schema, brought up to date by alembic under an advisory lock.

Each service keeps its migrations in storage/migrations/versions; the version table is in its own
schema. A statement that cannot get its lock within two seconds gives up, so that a migration
never stands in the way of the release still running.
"""

import asyncio
import zlib
from collections.abc import Awaitable, Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from services.chassis import revisions
from services.chassis.db import Database
from services.chassis.dsn import primary_url
from services.chassis.server_trust import PostgresTrust
from services.chassis.settings import Settings

LOCK_SECONDS = 60


class MigrateSettings(Settings):
    """What `python -m services.<name>.migrate` reads."""

    database_migrator_url: SecretStr
    """The role that may change the schema; the service's own role need not."""


def head(package: str) -> str:
    """The newest revision that the code of `package` (e.g. services.users.storage) knows."""
    return revisions.newest(_folder(package))


async def migrate(settings: MigrateSettings, package: str, schema: str) -> str:
    """Upgrade `schema` to the head of `package`; safe to run by several at once. Answers the
    revision it is at now: a later one than the head where a newer release has been, whose schema
    this one works on as it is."""
    trust = PostgresTrust(primary_url(settings.database_migrator_url.get_secret_value()))
    server_settings = {"search_path": schema, "lock_timeout": "2s"}
    engine = create_async_engine(
        trust.url,
        poolclass=NullPool,
        connect_args={**trust.arguments, "server_settings": server_settings},
    )
    try:
        async with asyncio.timeout(LOCK_SECONDS), engine.begin() as connection:
            await connection.execute(text("SET LOCAL lock_timeout = 0"))
            await connection.execute(
                text("SELECT pg_advisory_xact_lock(:key)"), {"key": zlib.crc32(schema.encode())}
            )
            await connection.execute(text("SET LOCAL lock_timeout = '2s'"))
            return await connection.run_sync(_upgrade, package, schema)
    finally:
        await engine.dispose()


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
        transactional_ddl=False,
    )
    found = context.get_context().get_current_revision()
    if found is not None and found not in revisions.known(_folder(package)):
        return found
    context.run_migrations()
    return head(package)


def _folder(package: str) -> Path:
    return Path(str(files(package))) / "migrations"
