"""Whether a service's schema is what its code needs, told without starting the service."""

from __future__ import annotations

from pathlib import Path

import services
from services.chassis.revisions import newest
from services.local.roles import MIGRATIONS
from services.local.stores.sql import Connection


async def is_current(connection: Connection, schema: str) -> bool:
    """Asked in the services' database by somebody who may read every schema."""
    table = f"{schema}.alembic_version"
    if not await connection.fetchval("SELECT to_regclass($1)", table):
        return False
    # One of our own names, which cannot be a parameter.
    found = await connection.fetchval(f"SELECT version_num FROM {table}")  # noqa: S608
    return str(found) == newest(_migrations(schema))


def _migrations(schema: str) -> Path:
    """Beside the module that runs them: services.users.migrate has storage/migrations."""
    package = MIGRATIONS[schema].split(".")[1:-1]
    return Path(services.__path__[0]).joinpath(*package, "storage", "migrations")
