"""A schema and the releases on it: who needs more waits, who knows less works on."""

from __future__ import annotations

from pydantic import SecretStr
from sqlalchemy import text

from services.chassis.db import Database
from services.chassis.migrations import MigrateSettings, head, migrate, schema_is_current
from services.chassis.setting_groups import StoreSettings
from services.local.stores.postgres import PostgresPair

PACKAGE = "services.users.storage"


async def test_a_newer_releases_schema_is_current_and_is_left_as_it_is(
    postgres: PostgresPair,
) -> None:
    made = await postgres.create_database("chassis_rolled_back")
    url = SecretStr(made.url("users"))
    migrator = MigrateSettings(database_migrator_url=SecretStr(made.migrator_url("users")))
    async with Database.open(StoreSettings(database_url=url), "users") as database:
        assert not await schema_is_current(database, PACKAGE)()
        assert await migrate(migrator, PACKAGE, "users") == head(PACKAGE)
        assert await schema_is_current(database, PACKAGE)()
        for revision, current in (("0001", False), ("9999", True)):
            async with database.write() as transaction:
                at = text("UPDATE alembic_version SET version_num = :revision")
                await transaction.execute(at, {"revision": revision})
            assert await schema_is_current(database, PACKAGE)() is current
        assert await migrate(migrator, PACKAGE, "users") == "9999"
