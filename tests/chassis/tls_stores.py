"""Stores that speak TLS: those of the wheels behind a front, and Debian's by themselves.

The wheels' servers are built without OpenSSL; whoever has Debian's runs both.
"""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from services.local.ports import free_port, free_valkey_ports
from services.local.process import LOOPBACK, Process
from services.local.stores.binaries import (
    BARE_ENV,
    StoreFailed,
    as_postgres_user,
    own,
    run,
    valkey_bin,
)
from services.local.supervisor import Supervisor
from tests.chassis.tls_front import hesitating, tls_front
from tests.eventually import eventually

PASSWORD = "a-password-of-the-test"
CACHE_USER = "fotbot"
# What the product sends, and what its client asks to find its way.
RULES = (
    "~* resetchannels -@all +@read +@write +@scripting +@connection +@transaction"
    " +cluster|slots +cluster|shards +cluster|myid +info +command"
    " -flushall -flushdb -swapdb -keys"
)
ADMIN = "operator"


def debians_postgres() -> Path:
    """The folder with its programs."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        pytest.skip("no Postgres built with TLS: apt-get install postgresql")
    return found[-1].parent


def debians_redis() -> str:
    """Its server."""
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return found
    pytest.skip("no Redis or Valkey built with TLS: apt-get install redis-server")


@asynccontextmanager
async def postgres_by_itself(folder: Path, certificates: Path) -> AsyncIterator[int]:
    """A server that takes nobody without TLS; yields its port. Its superuser is `teams`."""
    programs, data, port = debians_postgres(), folder / "data", free_port()
    words = folder / "words"
    words.write_text(PASSWORD)
    own(words)
    await run(
        *(*as_postgres_user(), str(programs / "initdb"), "-D", str(data), "-U", "teams"),
        *("--auth=scram-sha-256", f"--pwfile={words}", "--no-sync", "--encoding=UTF8"),
    )
    (data / "pg_hba.conf").write_text("hostssl all all 127.0.0.1/32 scram-sha-256\n")
    for name in ("tls.crt", "tls.key"):
        (data / name).write_bytes((certificates / name).read_bytes())
        (data / name).chmod(0o600)
        own(data / name)
    settings = {
        "listen_addresses": LOOPBACK,
        "port": str(port),
        "unix_socket_directories": "",
        "fsync": "off",
        "ssl": "on",
        "ssl_cert_file": "tls.crt",
        "ssl_key_file": "tls.key",
    }

    async def ready() -> bool:
        try:
            await run(str(programs / "pg_isready"), "-h", LOOPBACK, "-p", str(port))
        except StoreFailed:
            return False
        return True

    server = Process(
        name="postgres-tls",
        command=(
            *(*as_postgres_user(), str(programs / "postgres"), "-D", str(data)),
            *(f"--{name}={value}" for name, value in settings.items()),
        ),
        env=BARE_ENV,
        ready=ready,
    )
    async with Supervisor(folder / "logs") as supervisor:
        await supervisor.start(server)
        address = f"host={LOOPBACK} port={port} user=teams dbname=postgres sslmode=require"
        made = (str(programs / "psql"), address, "-c", "CREATE SCHEMA teams")
        await run(*made, env={**BARE_ENV, "PGPASSWORD": PASSWORD})
        yield port


@asynccontextmanager
async def cache_behind_a_front(
    folder: Path, certificates: Path, hesitates: float = 0.0
) -> AsyncIterator[int]:
    """One node of a cluster, which says that it is found at the front; yields the front's port."""
    [port], front = free_valkey_ports(1), free_port()
    announced = {"port": str(port), "cluster-announce-port": str(front)}
    async with (
        _node(folder, valkey_bin("valkey-server"), announced, ()),
        tls_front(port, certificates) as behind,
        hesitating(behind, hesitates, port=front),
    ):
        await _found(port, ())
        yield front


@asynccontextmanager
async def cache_by_itself(folder: Path, certificates: Path) -> AsyncIterator[int]:
    """One node of a cluster that speaks TLS alone; yields its port."""
    server, [port] = debians_redis(), free_valkey_ports(1)
    settings = {
        "port": "0",
        "tls-port": str(port),
        "tls-cluster": "yes",
        "tls-auth-clients": "no",
        "tls-cert-file": str(certificates / "tls.crt"),
        "tls-key-file": str(certificates / "tls.key"),
        "tls-ca-cert-file": str(certificates / "ca.crt"),
    }
    by_tls = ("--tls", "--cacert", str(certificates / "ca.crt"))
    async with _node(folder, server, settings, by_tls):
        await _found(port, by_tls)
        yield port


@asynccontextmanager
async def _node(
    folder: Path, server: str, settings: dict[str, str], by_tls: tuple[str, ...]
) -> AsyncIterator[None]:
    given = {
        "bind": LOOPBACK,
        "cluster-enabled": "yes",
        "save": "",
        "dir": str(folder),
        "aclfile": str(folder / "users.acl"),
        **settings,
    }
    (folder / "users.acl").write_text(
        "user default off\n"
        f"user {ADMIN} on >{PASSWORD} ~* &* +@all\n"
        f"user {CACHE_USER} on >{PASSWORD} {RULES}\n"
    )
    port = int(settings["port"]) or int(settings["tls-port"])

    async def ready() -> bool:
        try:
            return "PONG" in await _told(port, by_tls, "PING")
        except StoreFailed:
            return False

    node = Process(
        name="cache-tls",
        command=(server, *(word for name, it in given.items() for word in (f"--{name}", it))),
        env=BARE_ENV,
        ready=ready,
    )
    async with Supervisor(folder / "logs") as supervisor:
        await supervisor.start(node)
        yield


async def _found(port: int, by_tls: tuple[str, ...]) -> None:
    """All slots are its own, and it serves them."""
    await _told(port, by_tls, "CLUSTER", "ADDSLOTSRANGE", "0", "16383")

    async def is_serving() -> bool:
        return "cluster_state:ok" in await _told(port, by_tls, "CLUSTER", "INFO")

    await eventually(is_serving, every=0.1)


async def _told(port: int, by_tls: tuple[str, ...], *words: str) -> str:
    # The wheel's own client speaks no TLS.
    program = shutil.which("redis-cli") if by_tls else valkey_bin("valkey-cli")
    assert program
    asked = (*by_tls, "-h", LOOPBACK, "-p", str(port), "--user", ADMIN, "--pass", PASSWORD)
    return await run(program, *asked, *words)
