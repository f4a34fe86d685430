"""Secrets that come from files are taken up while the process runs: the next connection, the next
call, the next decision is made with what the file holds then."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from fotbot.users.v1 import user_pb2
from fotbot.users.v1 import users_service_pb2 as wire
from fotbot.users.v1.users_service_pb2_grpc import (
    UsersServiceStub,
    add_UsersServiceServicer_to_server,
)
from redis.asyncio import Redis
from sqlalchemy import text

from services.chassis.beside import beside
from services.chassis.cache import Cache, CacheDown
from services.chassis.client import connect, full_name
from services.chassis.db import Database
from services.chassis.errors import RemoteRefusal
from services.chassis.known_person import person_key
from services.chassis.migrations import MigrateSettings, migrate
from services.chassis.server import serving
from services.chassis.setting_groups import CacheSettings, StoreSettings
from services.chassis.settings import load
from services.gateway.sender.settings import SenderSettings
from services.gateway.sender.telegram import BotApi
from services.gateway.sender.token import follow_token
from services.local.process import LOOPBACK
from services.local.stores import postgres_schemas
from services.local.stores.postgres import PostgresPair
from services.local.stores.valkey import ValkeyCluster
from services.teams.settings import TeamsSettings
from services.users.__main__ import servicer
from services.users.admins import NamedAdmins
from services.users.settings import UsersSettings
from tests.eventually import eventually, until
from tests.gateway.sender.test_telegram_calls import DONE, answer, telegram

QUICKLY = 0.02
ROLE = "renewed"
ADMIN, OTHER = 810_000_001, 810_000_002


async def works(asked: Coroutine[Any, Any, Any]) -> bool:
    try:
        await asked
    except Exception:
        return False
    return True


async def read(database: Database) -> None:
    async with database.read_primary() as transaction:
        await transaction.execute(text("SELECT 1"))


async def test_a_databases_new_password_counts_from_the_next_connection_on(
    postgres: PostgresPair, tmp_path: Path
) -> None:
    admin, file = await postgres.admin(), tmp_path / "url"
    at = f"{LOOPBACK}:{postgres.port}/postgres"

    async def renew(password: str) -> None:
        await admin.execute(f"ALTER ROLE {ROLE} PASSWORD '{password}'")
        ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1"
        await admin.fetch(ended, ROLE)

    await admin.execute(f"CREATE ROLE {ROLE} LOGIN PASSWORD 'first'")
    file.write_text(f"postgresql://{ROLE}:first@{at}\n")
    settings = load(StoreSettings, {"DATABASE_URL_FILE": str(file)})
    async with Database.open(settings, "public") as database:
        await read(database)
        await renew("second")
        await eventually(lambda: _refused(read(database)))
        file.write_text(f"postgresql://{ROLE}:second@{at}\n")
        await eventually(lambda: works(read(database)))
        await renew("third")
        file.write_text("not an address")
        assert not await works(read(database))
        file.write_text(f"postgresql://{ROLE}:third@{at}\n")
        await eventually(lambda: works(read(database)))
    await admin.execute(f"DROP ROLE {ROLE}")
    await admin.close()


async def _refused(asked: Coroutine[Any, Any, Any]) -> bool:
    return not await works(asked)


async def test_the_caches_new_password_counts_from_the_next_connection_on(
    valkey: ValkeyCluster, tmp_path: Path
) -> None:
    nodes = [Redis(host=LOOPBACK, port=port) for port in valkey.ports]
    file = tmp_path / "url"

    async def renew(password: str) -> None:
        for node in nodes:
            await node.execute_command(
                "ACL", "SETUSER", ROLE, "on", "resetpass", f">{password}", "~*", "+@all"
            )
            await node.execute_command("CLIENT", "KILL", "USER", ROLE)

    def tell(password: str) -> None:
        seeds = (f"redis://{ROLE}:{password}@{LOOPBACK}:{port}" for port in valkey.ports)
        file.write_text(",".join(seeds))

    await renew("first")
    tell("first")
    settings = load(CacheSettings, {"REDIS_URL_FILE": str(file)})
    async with Cache.open(settings, "renewed") as cache:
        await eventually(cache.is_up)
        await cache.send("SET", cache.key("word", 1, 1), "kept", "EX", 60)
        await renew("second")
        await eventually(lambda: _refused(_asked(cache)))
        tell("second")
        await eventually(lambda: works(_asked(cache)), seconds=30)
    for node in nodes:
        await node.execute_command("ACL", "DELUSER", ROLE)
        await node.aclose()


async def _asked(cache: Cache) -> None:
    if await cache.send("GET", cache.key("word", 1, 1)) != b"kept":
        raise CacheDown


async def test_the_bots_new_token_is_used_from_the_next_call_on_and_another_bots_is_not(
    tmp_path: Path,
) -> None:
    file = tmp_path / "token"
    file.write_text("1001:first")
    environ = {"DATABASE_URL": "postgresql://a@b/c", "REDIS_URL": "redis://a", "USERS_ADDR": "u"}
    settings = load(SenderSettings, {**environ, "BOT_TOKEN_FILE": str(file)})

    async with (
        telegram(answer(200, DONE)) as server,
        BotApi.open(server.url, settings.bot_token) as bot,
        beside(follow_token(settings, bot, QUICKLY)),
    ):

        async def used(token: str) -> bool:
            await bot.call("sendMessage", {"chat_id": 1})
            return f"/bot{token}/".encode() in server.requests[-1]

        assert await used("1001:first")
        file.write_text("1001:second\n")
        await eventually(lambda: used("1001:second"))
        for bad in ("1002:another", "nonsense"):
            file.write_text(bad)
            await asyncio.sleep(5 * QUICKLY)
            assert await used("1001:second")


def test_the_invitation_key_is_what_its_file_holds(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("first\n")
    environ = {"DATABASE_URL": "postgresql://a@b/c", "REDIS_URL": "redis://a", "USERS_ADDR": "u"}
    settings = load(TeamsSettings, {**environ, "INVITATION_KEY_FILE": str(file)})
    assert settings.now("invitation_key") == "first"
    file.write_text("second\n")
    assert settings.now("invitation_key") == "second"
    file.unlink()
    assert settings.now("invitation_key") == "first"


@pytest_asyncio.fixture(scope="module")
async def stored(postgres: PostgresPair) -> AsyncIterator[postgres_schemas.Database]:
    database = await postgres.create_database("security_admins")
    settings = load(MigrateSettings, {"DATABASE_MIGRATOR_URL": database.migrator_url("users")})
    await migrate(settings, "services.users.storage", "users")
    yield database


def settings_of(stored: postgres_schemas.Database, redis_url: str, file: Path) -> UsersSettings:
    environ = {
        "DATABASE_URL": stored.url("users"),
        "REDIS_URL": redis_url,
        "ADMIN_TG_IDS_FILE": str(file),
    }
    return load(UsersSettings, environ)


async def test_who_is_taken_off_the_list_is_no_admin_at_once_and_nobody_is_named_by_nothing(
    stored: postgres_schemas.Database, valkey: ValkeyCluster, tmp_path: Path
) -> None:
    file = tmp_path / "admins"
    file.write_text(f"{ADMIN}, {OTHER}\n")
    settings = settings_of(stored, valkey.url, file)
    async with Database.open(settings, "users") as database, Cache.open(settings, "users") as cache:
        admins = NamedAdmins(settings)
        served = servicer(settings, database, cache, admins)
        add = partial(add_UsersServiceServicer_to_server, served)
        async with (
            serving(add, [full_name("users")]) as address,
            connect("users", address, cap=20.0) as channel,
            beside(admins.follow(cache, QUICKLY)),
        ):
            stub = UsersServiceStub(channel)

            async def seen() -> user_pb2.User:
                asked = wire.EnsureUserRequest(telegram_id=ADMIN)
                answer: user_pb2.User = (await stub.EnsureUser(asked, timeout=20)).user
                return answer

            async def may(user_id: int) -> bool:
                asked = wire.ListOrganisersRequest(actor_id=user_id)
                try:
                    await stub.ListOrganisers(asked, timeout=20)
                except RemoteRefusal as refusal:
                    return refusal.reason != "NOT_ALLOWED"
                return True

            admin = await seen()
            assert admin.role == user_pb2.ROLE_ADMIN
            assert await may(admin.id)
            # What the gateway reads on its way.
            await eventually(lambda: _is_kept(cache, ADMIN))
            file.write_text("no list")
            await asyncio.sleep(5 * QUICKLY)
            assert await may(admin.id)
            file.write_text(f"{OTHER}")
            await eventually(lambda: _refused(_must(may(admin.id))))
            await eventually(lambda: _is_kept_as_admin(cache, ADMIN, False))
            assert (await seen()).role == user_pb2.ROLE_PLAYER
            file.write_text(f"{ADMIN}")
            await eventually(lambda: may(admin.id))
            file.write_text("")
            await until(lambda: not admins)
            assert not await may(admin.id)
            file.unlink()
            assert not await may(admin.id)


async def _must(asked: Coroutine[Any, Any, bool]) -> None:
    if not await asked:
        raise AssertionError


async def _is_kept(cache: Cache, account: int) -> bool:
    return bool(await cache.send("GET", person_key(account)))


async def _is_kept_as_admin(cache: Cache, account: int, expected: bool) -> bool:
    kept = await cache.send("GET", person_key(account))
    return (kept is not None) is expected


@pytest.mark.parametrize("now", ["", str(OTHER)])
async def test_who_was_taken_off_while_nothing_ran_is_forgotten_at_the_start(
    stored: postgres_schemas.Database, valkey: ValkeyCluster, tmp_path: Path, now: str
) -> None:
    file = tmp_path / "admins"
    settings = settings_of(stored, valkey.url, file)
    async with Cache.open(settings, "users") as cache:
        await eventually(cache.is_up)
        for named in (f"{ADMIN}", now):
            file.write_text(named)
            settings = settings_of(stored, valkey.url, file)
            await cache.send("SET", person_key(ADMIN), b"an admin's menu", "EX", 60)
            async with beside(NamedAdmins(settings).follow(cache, QUICKLY)):
                await eventually(lambda: _is_kept_as_admin(cache, ADMIN, False))
