"""Who may do what in a database: one role and one schema per service, closed to all others."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from services.local.process import LOOPBACK
from services.local.stores.sql import Connection

ROLES = ("users", "sessions", "teams", "sender")


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

    def _url(self, role: str, port: int) -> str:
        if role not in ROLES:
            raise ValueError(f"no role {role!r}; there are {', '.join(ROLES)}")
        password = role_password(self.secret, role)
        return f"postgresql+asyncpg://{role}:{password}@{LOOPBACK}:{port}/{self.name}"


def role_password(secret: str, role: str) -> str:
    """Each role's own password, derived from the one secret that is kept."""
    return hmac.new(secret.encode(), role.encode(), hashlib.sha256).hexdigest()


async def create_roles(connection: Connection, secret: str) -> None:
    """The services' roles, unless they are there."""
    present = {row["rolname"] for row in await connection.fetch("SELECT rolname FROM pg_roles")}
    for role in ROLES:
        if role not in present:
            password = role_password(secret, role)
            await connection.execute(f"CREATE ROLE {role} LOGIN PASSWORD '{password}'")
        await connection.execute(f"ALTER ROLE {role} SET search_path = {role}")


async def create_schemas(connection: Connection, database: str) -> None:
    """In the connected database: each role's schema, and nothing for everybody."""
    await connection.execute(f'REVOKE ALL ON DATABASE "{database}" FROM PUBLIC')
    await connection.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
    for role in ROLES:
        await connection.execute(f'GRANT CONNECT, TEMPORARY ON DATABASE "{database}" TO {role}')
        await connection.execute(f"CREATE SCHEMA IF NOT EXISTS {role} AUTHORIZATION {role}")
