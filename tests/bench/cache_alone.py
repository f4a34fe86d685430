"""What a command to the cluster and an item of users' batches cost in this process, alone and in a
crowd: `python -m tests.bench.cache_alone`. Microseconds of CPU, the least of many short bursts."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import uvloop
from fotbot.users.v1 import users_service_pb2 as wire

from services.chassis.cache import Cache
from services.chassis.cache_cluster import cluster
from services.chassis.db import Database
from services.chassis.migrations import MigrateSettings, migrate
from services.chassis.seeds import seeds
from services.chassis.settings import load
from services.local.ports import free_port, free_valkey_ports
from services.local.stores.postgres import PostgresPair
from services.local.stores.valkey import ValkeyCluster
from services.local.supervisor import Supervisor
from services.users.__main__ import servicer
from services.users.settings import UsersSettings

BURSTS = 20
PEOPLE = 1000
BATCH = 64
ECHO_LUA = "return {ARGV[1], redis.call('GET', KEYS[1])}"
Command = Callable[[int], Awaitable[object]]


async def burst(count: int, callers: int, command: Command) -> float:
    """CPU of one of `count` commands by so many callers."""

    async def caller(number: int) -> None:
        for turn in range(count // callers):
            await command(number * 7919 + turn)

    began = time.process_time()
    await asyncio.gather(*map(caller, range(callers)))
    return (time.process_time() - began) / (count // callers * callers) * 1e6


async def least(name: str, count: int, callers: int, command: Command, of: int = 1) -> None:
    costs = [await burst(count, callers, command) / of for _ in range(BURSTS)]
    print(f"{name:32} {callers:3} callers {min(costs):7.1f} us")


async def measure_cache(cache: Cache) -> None:
    keys = [cache.key("thing", 1, number) for number in range(PEOPLE)]

    async def load(missing: Any) -> tuple[int, list[bytes]]:
        return 1, [bytes(300)] * len(missing)

    await cache.fetch_many(keys, load, 300.0)

    async def load_one() -> tuple[int, bytes]:
        return 1, bytes(300)

    commands: dict[str, Command] = {
        "fetch": lambda n: cache.fetch(keys[n % PEOPLE], load_one, 300.0),
        "evaluate": lambda n: cache.evaluate(ECHO_LUA, [keys[n % PEOPLE]], n),
        "redis-py's own GET": lambda n: cache.run(cache.commands.get(keys[n % PEOPLE])),
    }
    for callers in (BATCH, 8, 1):
        for name, command in commands.items():
            await least(name, callers * 30, callers, command)
    many = [keys[start : start + BATCH] for start in range(0, PEOPLE - BATCH, BATCH)]
    await least(
        f"fetch_many, a key of {BATCH}",
        40,
        2,
        lambda n: cache.fetch_many(many[n % len(many)], load, 300.0),
        BATCH,
    )


async def measure_users(settings: UsersSettings, cache: Cache) -> None:
    async with Database.open(settings, "users") as database:
        served: Any = servicer(settings, database, cache)
        accounts = [range(start, start + BATCH) for start in range(1, PEOPLE - BATCH, BATCH)]
        ensure = [
            wire.BatchEnsureUsersRequest(
                items=[{"request": {"telegram_id": account}} for account in batch]
            )
            for batch in accounts
        ]
        roles = [
            wire.BatchGetRolesRequest(items=[{"request": {"user_id": number}} for number in batch])
            for batch in accounts
        ]
        for request in ensure:
            await served.BatchEnsureUsers(request, None)
        await least(
            f"BatchEnsureUsers, an item of {BATCH}",
            40,
            2,
            lambda n: served.BatchEnsureUsers(ensure[n % len(ensure)], None),
            BATCH,
        )
        await least(
            f"BatchGetRoles, an item of {BATCH}",
            40,
            2,
            lambda n: served.BatchGetRoles(roles[n % len(roles)], None),
            BATCH,
        )


async def main() -> None:
    root = Path(tempfile.mkdtemp())
    postgres = {"port": free_port(), "replica_port": free_port()}
    async with (
        Supervisor(root / "logs") as supervisor,
        ValkeyCluster(root / "valkey", supervisor, ports=free_valkey_ports(3)) as valkey,
        PostgresPair(root / "postgres", supervisor, durable=False, **postgres) as pair,
    ):
        stored = await pair.create_database("alone")
        migrator = {"DATABASE_MIGRATOR_URL": stored.migrator_url("users")}
        await migrate(load(MigrateSettings, migrator), "services.users.storage", "users")
        environ = {"DATABASE_URL": stored.url("users"), "REDIS_URL": valkey.url}
        # Patient, since another's work on this machine is not what is measured.
        async with Cache.over(cluster(seeds(valkey.url)), "alone", seconds=10.0) as cache:
            await measure_cache(cache)
            await measure_users(load(UsersSettings, environ), cache)


if __name__ == "__main__":
    uvloop.run(main())
