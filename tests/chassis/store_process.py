"""A process that asks the database and the cache one thing each, in one span, and ends."""

import asyncio

from sqlalchemy import text

from services.chassis.cache import Cache, CacheDown
from services.chassis.db import Database
from services.chassis.process import Process, main
from services.chassis.setting_groups import CacheSettings, OpsSettings, StoreSettings
from services.chassis.telemetry import tracer


class AskingSettings(OpsSettings, StoreSettings, CacheSettings):
    """Where the stores are."""


async def body(settings: AskingSettings, _process: Process) -> None:
    """Ask for a person's phone in both."""
    async with Database.open(settings, "users") as database, Cache.open(settings, "users") as cache:
        with tracer().start_as_current_span("asking"):
            async with database.read_primary() as transaction:
                await transaction.execute(text("SELECT CAST(:phone AS text)"), {"phone": "90-123"})
            await _kept(cache)


async def _kept(cache: Cache) -> None:
    """Until it is: the first command finds the cluster first, which may take too long."""
    while True:
        try:
            await cache.run(cache.commands.set("phone", "90-123", ex=1))
            return
        except CacheDown:
            await asyncio.sleep(0.05)


if __name__ == "__main__":
    main("asking", AskingSettings, body)
