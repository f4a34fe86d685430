"""Who may do what in a database: each service has a schema closed to all others, a role that reads
and writes its rows, and a migrator that owns what is in it. As the chart's files/database.sql does
it, for databases of this machine."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from services.local.process import LOOPBACK
from services.local.stores.sql import Connection

ROLES = ("users", "sessions", "teams", "sender")
MIGRATOR = "_migrator"
ROWS, NUMBERS = "SELECT, INSERT, UPDATE, DELETE", "USAGE, SELECT, UPDATE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """One database on both servers, by its addresses."""

    name: str
    secret: str
    port: int
    replica_port: int

    def url(self, role: str) -> str:
        """The primary's address for `role` (ValueError for an unknown one)."""
        return self._url(role, self.port)

    def replica_url(self, role: str) -> str:
        """The standby's address for `role`."""
        return self._url(role, self.replica_port)

    def migrator_url(self, role: str) -> str:
        """The primary's address for who changes the schema of `role`."""
        return self._url(role + MIGRATOR, self.port)

    def _url(self, role: str, port: int) -> str:
        if role.removesuffix(MIGRATOR) not in ROLES:
            raise ValueError(f"no role {role!r}; there are {', '.join(ROLES)}")
        password = role_password(self.secret, role)
        return f"postgresql+asyncpg://{role}:{password}@{LOOPBACK}:{port}/{self.name}"


def role_password(secret: str, role: str) -> str:
    """Each role's own password, derived from the one secret that is kept."""
    return hmac.new(secret.encode(), role.encode(), hashlib.sha256).hexdigest()


async def create_roles(connection: Connection, secret: str) -> None:
    """The services' roles and their migrators, unless they are there."""
    present = {row["rolname"] for row in await connection.fetch("SELECT rolname FROM pg_roles")}
    for schema in ROLES:
        for role in (schema, schema + MIGRATOR):
            if role not in present:
                password = role_password(secret, role)
                await connection.execute(f"CREATE ROLE {role} LOGIN PASSWORD '{password}'")
            await connection.execute(f"ALTER ROLE {role} SET search_path = {schema}")


async def create_schemas(connection: Connection, database: str) -> None:
    """In the connected database: each service's schema, and nothing for everybody."""
    await connection.execute(f'REVOKE ALL ON DATABASE "{database}" FROM PUBLIC')
    await connection.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
    for role in ROLES:
        await _create_schema(connection, database, role)


async def _create_schema(connection: Connection, database: str, role: str) -> None:
    migrator = role + MIGRATOR
    for statement in (
        f'GRANT CONNECT, TEMPORARY ON DATABASE "{database}" TO {role}, {migrator}',
        f"CREATE SCHEMA IF NOT EXISTS {role} AUTHORIZATION {migrator}",
        # Where a service's role has owned its schema it keeps the rows and gives the rest away.
        f"REASSIGN OWNED BY {role} TO {migrator}",
        f"GRANT USAGE ON SCHEMA {role} TO {role}",
        f"GRANT {ROWS} ON ALL TABLES IN SCHEMA {role} TO {role}",
        f"GRANT {NUMBERS} ON ALL SEQUENCES IN SCHEMA {role} TO {role}",
        f"ALTER DEFAULT PRIVILEGES FOR ROLE {migrator} IN SCHEMA {role}"
        f" GRANT {ROWS} ON TABLES TO {role}",
        f"ALTER DEFAULT PRIVILEGES FOR ROLE {migrator} IN SCHEMA {role}"
        f" GRANT {NUMBERS} ON SEQUENCES TO {role}",
    ):
        await connection.execute(statement)
