"""No hot statement reads a large table whole, or rows of evenings that are over to show those that
come. On a small share of a grown city; `make growth` looks at the same statements in all of it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from services.chassis.migrations import MigrateSettings, migrate
from services.chassis.settings import load
from services.local.roles import MIGRATIONS
from services.local.stores.postgres import PostgresPair
from services.local.stores.sql import Connection
from services.local.stores.valkey import ValkeyCluster
from services.local.supervisor import Supervisor
from tests.growth.checked import Checked, Ground
from tests.growth.grow import grow
from tests.growth.plans import Asked, faults
from tests.growth.size import SMALL_SHARE

COMING = """
INSERT INTO sessions.sessions (venue_id, starts_at, ends_at, format, price, capacity, organiser_id)
SELECT n % 100 + 1, now() + n * interval '1 hour', now() + (n + 1) * interval '1 hour',
    'five_a_side', 0, 28, 8 FROM generate_series(1, 2000) AS n
"""


@pytest_asyncio.fixture(scope="module")
async def grown(
    postgres: PostgresPair, supervisor: Supervisor, valkey: ValkeyCluster
) -> AsyncIterator[tuple[Ground, Connection]]:
    """A city of some years, and a superuser's connection to it."""
    database = await postgres.create_database("growth_plans")
    for schema, module in MIGRATIONS.items():
        settings = load(MigrateSettings, {"DATABASE_MIGRATOR_URL": database.migrator_url(schema)})
        await migrate(settings, module.replace(".migrate", ".storage"), schema)
    admin = await postgres.admin(database.name)
    await grow(admin, SMALL_SHARE, say=lambda _: None)
    await admin.execute(COMING)
    await admin.execute("ANALYZE sessions.sessions")
    ground = Ground(
        postgres=postgres,
        database=database,
        log=supervisor.log("postgres-primary"),
        redis_url=valkey.url,
        past=SMALL_SHARE.sessions // 2,
    )
    yield ground, admin
    await admin.close()


@pytest_asyncio.fixture(scope="module")
async def checked(grown: tuple[Ground, Connection]) -> Checked:
    """All of it asked and looked at once."""
    return await grown[0].checked()


async def test_hot_statements_use_indexes_and_look_at_few_rows(checked: Checked) -> None:
    assert not checked.faults, "\n\n".join(map(str, checked.faults))


async def test_every_service_was_asked(checked: Checked) -> None:
    tables = {
        "sessions": (
            "entries",
            "entry_players",
            "payments",
            "coupons",
            "figures",
            "goals",
            "requests",
            "audit",
            "reminders",
            "pgqueuer",
        ),
        "users": ("people", "audit", "requests", "moves"),
        "teams": ("teams", "members", "sides", "side_players", "requests"),
        "sender": ("notices",),
    }
    for schema, names in tables.items():
        told = " ".join(asked.statement for asked in checked.asked[schema])
        assert [name for name in names if name not in told] == []


async def test_a_statement_without_an_index_is_found(grown: tuple[Ground, Connection]) -> None:
    whole = Asked(statement="SELECT id FROM entries WHERE decided_by = $1", values=("'5'",))
    [fault] = await faults(grown[1], "sessions", [whole])
    assert "entries" in fault.what and "read whole" in fault.what


async def test_a_list_that_begins_with_what_is_over_is_found(
    grown: tuple[Ground, Connection],
) -> None:
    late = "SELECT id FROM entries WHERE session_id > $1 AND price = -1 ORDER BY session_id LIMIT 1"
    [fault] = await faults(grown[1], "sessions", [Asked(statement=late, values=("'0'",))])
    assert "entries" in fault.what


async def test_a_list_that_looks_at_every_evening_that_comes_is_found(
    grown: tuple[Ground, Connection],
) -> None:
    many = "SELECT count(*) FROM entries WHERE session_id = sessions.id AND status = 'pending'"
    coming = "SELECT id FROM sessions WHERE status = 'planned' AND ends_at > now()"
    each = Asked(statement=f"{coming} AND ({many}) > $1", values=("'0'",))
    wrong = {fault.what for fault in await faults(grown[1], "sessions", [each])}
    assert any("sessions" in what for what in wrong)
