"""A city of its own for strangers, fuzz and floods: what they leave behind meets no other test.

The whole system as in tests/e2e/city.py, with its own database and its own cache, and without a
limit on how much one person may send (that limit has its tests elsewhere).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from services.local.ports import free_valkey_ports
from services.local.stores.postgres import PostgresPair
from services.local.stores.sql import connect
from services.local.stores.valkey import ValkeyCluster
from services.local.supervisor import Supervisor
from tests.e2e.city import ADMIN, City, running_city

NAME = "rough_city"
OPTIONS = {"ADMIN_TG_IDS": str(ADMIN), "RATE_LIMIT_MAX": "10000"}
# Bookkeeping of jobs and repeats, which goes on by itself, is no business's row.
# Who tries again what he may not is written down again.
BOOKKEEPING = (
    *("pgqueuer", "alembic", "once", "outbox"),
    *("schedules", "job", "requests", "audit", "eras"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rough:
    """The city, what its processes have logged, and what its tables hold."""

    city: City

    def errors(self, before: Sequence[str] = ()) -> list[str]:
        """Every line that a process has logged as an error so far, and every bare traceback;
        without those of `before`."""
        found = [
            line for log in sorted(Path(self.city.logs).glob("*.log")) for line in _errors(log)
        ]
        return list((Counter(found) - Counter(before)).elements())

    def logged(self) -> str:
        """All that the processes have said so far."""
        logs = sorted(Path(self.city.logs).glob("*.log"))
        return "".join(log.read_text(errors="replace") for log in logs)

    async def count(self, statement: str, *values: object, schema: str = "users") -> int:
        """A number out of a service's schema."""
        connection = await connect(self.city.layout.database.url(schema))
        try:
            return int(await connection.fetchval(statement, *values))
        finally:
            await connection.close()

    async def rows(self) -> dict[str, int]:
        """How many rows each table of each schema has, bookkeeping apart."""
        database = self.city.layout.database
        found: dict[str, int] = {}
        for schema in ("users", "sessions", "teams", "sender"):
            connection = await connect(database.url(schema))
            try:
                names = await connection.fetch(
                    "SELECT tablename FROM pg_tables WHERE schemaname = $1", schema
                )
                for name in sorted(row["tablename"] for row in names):
                    if not any(word in name for word in BOOKKEEPING):
                        count = await connection.fetchval(f'SELECT count(*) FROM "{name}"')  # noqa: S608
                        found[f"{schema}.{name}"] = count
            finally:
                await connection.close()
        return found


def _errors(log: Path) -> Iterator[str]:
    for line in log.read_text(errors="replace").splitlines():
        if line.startswith("{"):
            is_error = json.loads(line).get("level") in ("error", "critical")
        else:
            is_error = "Traceback" in line
        if is_error:
            yield f"{log.stem}: {line}"


@pytest_asyncio.fixture(scope="session")
async def rough(
    postgres: PostgresPair, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Rough]:
    """Started once for all tests that treat it roughly."""
    data = tmp_path_factory.mktemp(NAME)
    database = await postgres.create_database(NAME)
    async with (
        Supervisor(data / "stores") as stores,
        ValkeyCluster(data / "valkey", stores, ports=free_valkey_ports(3)) as valkey,
        running_city(postgres, valkey, data, OPTIONS, database=database) as city,
    ):
        yield Rough(city=city)
