"""Postgres and the cluster by TLS: the right server is talked to, and no other."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import pytest
import pytest_asyncio
from pydantic import SecretStr
from sqlalchemy import text

from services.chassis.cache import Cache
from services.chassis.cache_cluster import cluster
from services.chassis.db import Database
from services.chassis.db_connections import Server
from services.chassis.dsn import primary_url
from services.chassis.errors import Unavailable
from services.chassis.jobs import Job, Jobs, Worker
from services.chassis.migrations import MigrateSettings, head, migrate
from services.chassis.seeds import seeds
from services.chassis.setting_groups import CacheSettings, StoreSettings
from services.local.stores.postgres import PostgresPair
from tests.chassis.certifying import Authority, mount
from tests.chassis.tls_front import tls_front
from tests.chassis.tls_stores import (
    CACHE_USER,
    PASSWORD,
    cache_behind_a_front,
    cache_by_itself,
    postgres_by_itself,
)
from tests.eventually import eventually, until

OURS, THEIRS = Authority("ours"), Authority("theirs")
Opened = Callable[[Path, Path], AbstractAsyncContextManager[int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Secured:
    """A database that is reached by TLS alone, and who vouches for it."""

    address: str
    roots: Path
    others: Path
    migrator: str = ""
    """Where another role than the service's changes the schema."""

    def url(self, mode: str = "verify-full", roots: Path | str | None = None) -> str:
        return f"{self.address}?sslmode={mode}&sslrootcert={roots or self.roots}"


def certificates(folder: Path, dns: str = "localhost") -> Path:
    """For 127.0.0.1; besides, somebody else's CA."""
    mount(folder / "tls", OURS.issue(dns=dns), OURS)
    (folder / "others.crt").write_bytes(THEIRS.pem)
    return folder / "tls"


@pytest_asyncio.fixture(scope="module", params=["behind a front", "by itself"])
async def database(
    request: pytest.FixtureRequest,
    postgres: PostgresPair,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Secured]:
    folder = tmp_path_factory.mktemp("postgres_tls")
    tls = certificates(folder)
    trusted = {"roots": tls / "ca.crt", "others": folder / "others.crt"}
    if request.param == "by itself":
        async with postgres_by_itself(folder, tls) as port:
            yield Secured(
                address=f"postgresql://teams:{PASSWORD}@127.0.0.1:{port}/postgres", **trusted
            )
        return
    made = await postgres.create_database("chassis_tls")
    async with tls_front(made.port, tls, of_postgres=True) as port:
        at = f":{made.port}/", f":{port}/"
        migrator = made.migrator_url("teams").replace(*at)
        yield Secured(address=made.url("teams").replace(*at), migrator=migrator, **trusted)


async def one(url: str) -> int:
    connection = await Server(primary_url(url), "teams", "test").connect()
    try:
        return int(await connection.fetchval("SELECT 1"))
    finally:
        await connection.close()


async def test_migrations_reads_writes_and_jobs_go_by_verified_tls(database: Secured) -> None:
    url = SecretStr(database.url())
    owner = url.get_secret_value().replace(database.address, database.migrator or database.address)
    migrator = MigrateSettings(database_migrator_url=SecretStr(owner))
    assert await migrate(migrator, "services.teams.storage", "teams") == head(
        "services.teams.storage"
    )
    settings = StoreSettings(database_url=url)
    done: list[bytes] = []
    stopping = asyncio.Event()

    async def work(job: Job) -> None:
        done.append(job.payload)

    async with Database.open(settings, "teams") as opened:
        async with opened.write() as transaction:
            await Jobs().enqueue(transaction, "noted", [b"by tls"])
        working = asyncio.create_task(Worker(settings, "teams", {"noted": work}).run(stopping))
        await until(lambda: done == [b"by tls"], timeout=30)
        stopping.set()
        await working


@pytest.mark.parametrize("mode", ["verify-full", "verify-ca", "require"])
async def test_another_authoritys_server_is_not_talked_to(database: Secured, mode: str) -> None:
    assert await one(database.url(mode)) == 1
    with pytest.raises(ssl.SSLCertVerificationError):
        await one(database.url(mode, database.others))
    settings = StoreSettings(database_url=SecretStr(database.url(mode, database.others)))
    async with Database.open(settings, "teams") as opened:
        with pytest.raises(Unavailable):
            async with opened.read_primary() as transaction:
                await transaction.execute(text("SELECT 1"))


async def test_a_server_of_another_name_is_talked_to_only_where_names_do_not_count(
    postgres: PostgresPair, tmp_path: Path
) -> None:
    tls = certificates(tmp_path)
    mount(tls, OURS.issue(dns="database.example", addresses=()), OURS)
    made = await postgres.create_database("chassis_tls_name")
    async with tls_front(made.port, tls, of_postgres=True) as port:
        address = made.url("teams").replace(f":{made.port}/", f":{port}/")
        secured = Secured(address=address, roots=tls / "ca.crt", others=tls / "ca.crt")
        assert await one(secured.url("verify-ca")) == 1
        with pytest.raises(ssl.SSLCertVerificationError, match=r"(?i)match|mismatch"):
            await one(secured.url())


async def test_in_the_clear_nobody_gets_in(database: Secured) -> None:
    with pytest.raises((OSError, asyncpg.PostgresError)):
        await one(f"{database.address}?sslmode=disable")


async def test_a_ca_that_was_renewed_counts_from_the_next_connection_on(
    database: Secured, tmp_path: Path
) -> None:
    roots = tmp_path / "ca.crt"
    roots.write_bytes(THEIRS.pem)
    server = Server(primary_url(database.url(roots=roots)), "teams", "test")
    with pytest.raises(ssl.SSLCertVerificationError):
        await server.connect()
    roots.write_bytes(THEIRS.pem + OURS.pem)
    await (await server.connect()).close()


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("sslmode=verify-all", "sslmode=verify-all is none of disable, allow"),
        ("sslmode=verify-full", "sslmode=verify-full needs sslrootcert"),
        ("sslmode=verify-ca", "sslmode=verify-ca needs sslrootcert"),
    ],
)
def test_an_address_that_would_check_nothing_is_refused(query: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Server(primary_url(f"postgresql://u@one/d?{query}"), "teams", "test")


@pytest.fixture(params=[cache_behind_a_front, cache_by_itself])
def opened(request: pytest.FixtureRequest) -> Opened:
    cache: Opened = request.param
    return cache


def cache_url(port: int, query: str, user: str = f"{CACHE_USER}:{PASSWORD}") -> str:
    return f"rediss://{user}@127.0.0.1:{port}?{query}"


def patient(url: str) -> AbstractAsyncContextManager[Cache]:
    """How busy the machine is changes nothing."""
    return Cache.over(cluster(seeds(url)), "tls", seconds=5.0)


async def is_let_in(url: str) -> bool:
    async with patient(url) as cache:
        return await cache.is_up()


async def test_the_cache_is_used_by_tls_and_by_the_one_user_who_may(
    tmp_path: Path, opened: Opened
) -> None:
    tls = certificates(tmp_path)
    ours, theirs = f"ssl_ca_certs={tls / 'ca.crt'}", f"ssl_ca_certs={tmp_path / 'others.crt'}"
    async with opened(tmp_path, tls) as port:
        async with patient(cache_url(port, ours)) as cache:
            keys = [cache.key("thing", 1, number) for number in range(20)]

            async def load() -> tuple[int, bytes]:
                return 7, b"loaded"

            assert await cache.is_up()
            loaded = await asyncio.gather(*(cache.fetch(key, load) for key in keys))
            assert loaded == [b"loaded"] * len(keys)

            async def never() -> tuple[int, bytes]:
                raise AssertionError("it is in the cache")

            assert await cache.fetch(keys[0], never) == b"loaded"
            await cache.invalidate(keys, 8)
        assert not await is_let_in(cache_url(port, theirs))
        assert not await is_let_in(cache_url(port, ours, f"{CACHE_USER}:wrong"))
        assert not await is_let_in(cache_url(port, ours, "default:"))


async def test_a_node_whose_certificate_does_not_name_its_address_needs_leave(
    tmp_path: Path,
) -> None:
    tls = certificates(tmp_path)
    mount(tls, OURS.issue(dns="cache.example", addresses=()), OURS)
    roots = f"ssl_ca_certs={tls / 'ca.crt'}"
    async with cache_behind_a_front(tmp_path, tls) as port:
        assert not await is_let_in(cache_url(port, roots))
        assert await is_let_in(cache_url(port, f"{roots}&ssl_check_hostname=false"))


async def test_who_asks_while_a_handshake_takes_long_is_told_in_his_time_and_later_served(
    tmp_path: Path,
) -> None:
    tls = certificates(tmp_path)
    async with cache_behind_a_front(tmp_path, tls, hesitates=0.6) as port:
        url = SecretStr(cache_url(port, f"ssl_ca_certs={tls / 'ca.crt'}"))
        async with Cache.open(CacheSettings(redis_url=url), "tls") as cache:
            began = asyncio.get_running_loop().time()
            assert not await cache.is_up()
            assert asyncio.get_running_loop().time() - began < 0.6
            await eventually(cache.is_up, seconds=20, every=0.1)


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("rediss://one?ssl_cert_reqs=none", "does not know ssl_cert_reqs"),
        ("rediss://one?ssl_check_hostname=maybe", "ssl_check_hostname is true or false"),
        ("http://one", "wants redis://"),
    ],
)
def test_an_address_of_the_cache_that_asks_for_what_is_not_known_is_refused(
    address: str, words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        seeds(address)
