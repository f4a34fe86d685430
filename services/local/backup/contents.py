"""How much is in a database, table by table."""

from __future__ import annotations

from collections.abc import Mapping

from services.local.stores.postgres_schemas import ROLES
from services.local.stores.sql import Connection

TABLES = """SELECT schemaname AS schema, tablename AS name FROM pg_tables
    WHERE schemaname = ANY($1) ORDER BY 1, 2"""


async def count_rows(connection: Connection) -> Mapping[str, int]:
    """Rows by schema.table, in the connection's transaction."""
    return {
        f"{table['schema']}.{table['name']}": int(
            await connection.fetchval(
                f'SELECT count(*) FROM "{table["schema"]}"."{table["name"]}"'  # noqa: S608
            )
        )
        for table in await connection.fetch(TABLES, list(ROLES))
    }
