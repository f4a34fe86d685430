"""A service's database made small: its requests, its jobs, and one table to write to."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import BigInteger, Column, MetaData, Table, Text
from sqlalchemy.ext.asyncio import create_async_engine

from services.chassis import jobs
from services.chassis.db import Database
from services.chassis.erasures import erased_table
from services.chassis.once import requests_table
from services.chassis.setting_groups import StoreSettings
from services.local.stores.postgres import PostgresPair

ROLE = "users"
METADATA = MetaData()
NOTES = Table(
    "notes", METADATA, Column("id", BigInteger, primary_key=True), Column("text", Text, unique=True)
)
requests_table(METADATA)
erased_table(METADATA)


async def store_settings(postgres: PostgresPair, name: str) -> StoreSettings:
    """A fresh database with the tables above; its addresses."""
    database = await postgres.create_database(name)
    engine = create_async_engine(database.migrator_url(ROLE))
    async with engine.begin() as connection:
        await connection.run_sync(METADATA.create_all)
        await connection.run_sync(jobs.install)
    await engine.dispose()
    await postgres.catch_up()
    return StoreSettings(
        database_url=database.url(ROLE), database_replica_url=database.replica_url(ROLE)
    )


@asynccontextmanager
async def opened(postgres: PostgresPair, name: str) -> AsyncIterator[Database]:
    """A `Database` over a fresh database of that name."""
    async with Database.open(await store_settings(postgres, name), ROLE) as database:
        yield database
