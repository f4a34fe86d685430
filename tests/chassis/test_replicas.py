"""Which server a read goes to when a standby lags, and where everything goes after a failover."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from prometheus_client import REGISTRY
from pydantic import SecretStr
from sqlalchemy import insert, select, text

from services.chassis import consistency
from services.chassis.db import Database
from services.chassis.setting_groups import StoreSettings
from services.chassis.store_errors import StoreUnavailable
from services.local.ports import free_port
from services.local.process import LOOPBACK
from services.local.stores.postgres import PostgresPair
from services.local.supervisor import Supervisor
from tests.chassis.store import NOTES, ROLE, store_settings
from tests.eventually import eventually


@pytest_asyncio.fixture(scope="module")
async def database(postgres: PostgresPair) -> AsyncIterator[Database]:
    settings = await store_settings(postgres, "chassis_replicas")
    strict = settings.model_copy(update={"database_replica_most_lag_seconds": 1.0})
    async with Database.open(strict, ROLE) as database:
        yield database


async def write_note(database: Database, note: str) -> int:
    with consistency.serving(asked=0) as served:
        async with database.write() as transaction:
            await transaction.execute(insert(NOTES).values(text=note))
        return served.written


async def reads_standby(database: Database) -> bool:
    async with database.read() as transaction:
        found = await transaction.execute(text("SELECT pg_is_in_recovery()"))
        return bool(found.scalar())


def lag() -> float:
    return (
        REGISTRY.get_sample_value("fotbot_database_replica_lag_seconds", {"replica": "replica-0"})
        or 0.0
    )


async def test_a_standby_that_is_too_late_is_passed_over_until_it_has_caught_up(
    database: Database, postgres: PostgresPair
) -> None:
    await eventually(lambda: reads_standby(database))
    await postgres.pause_replay()
    try:
        await write_note(database, "not replayed")

        async def passed_over() -> bool:
            return not await reads_standby(database) and lag() > 1

        await eventually(passed_over, seconds=20)
    finally:
        await postgres.resume_replay()
    await eventually(lambda: reads_standby(database), seconds=20)


async def test_a_look_at_what_is_not_cached_asks_for_a_position_only_when_it_must(
    database: Database, postgres: PostgresPair
) -> None:
    await postgres.catch_up()
    await eventually(lambda: reads_standby(database), seconds=20)
    async with database.look() as transaction:
        known = transaction.position
    written = await write_note(database, "mine")
    async with database.look() as transaction:
        assert known <= transaction.position < written
    with consistency.serving(asked=written):
        async with database.look() as transaction:
            assert transaction.position == 0 or transaction.position >= written
            notes = await transaction.execute(select(NOTES.c.text))
            assert "mine" in notes.scalars().all()


async def test_after_a_failover_writes_go_to_the_server_that_was_promoted(tmp_path: Path) -> None:
    ports = {"port": free_port(), "replica_port": free_port()}
    async with (
        Supervisor(tmp_path / "logs") as alone,
        PostgresPair(tmp_path / "pair", alone, durable=False, **ports) as pair,
    ):
        settings = await store_settings(pair, "failover")
        async with Database.open(_with_both_hosts(settings, pair), ROLE) as database:
            await write_note(database, "before")
            await pair.catch_up()
            await pair.stop_primary()
            await pair.promote_standby()

            async def written() -> bool:
                try:
                    return await write_note(database, "after") > 0
                except StoreUnavailable:
                    return False

            await eventually(written, seconds=10)
            async with database.read_primary() as transaction:
                notes = await transaction.execute(select(NOTES.c.text))
                assert set(notes.scalars()) == {"before", "after"}


def _with_both_hosts(settings: StoreSettings, pair: PostgresPair) -> StoreSettings:
    one = settings.database_url.get_secret_value()
    both = one.replace(f":{pair.port}/", f":{pair.port},{LOOPBACK}:{pair.replica_port}/")
    return StoreSettings(database_url=SecretStr(both))
