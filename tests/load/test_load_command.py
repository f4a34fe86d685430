"""The load testers' command against a real system in small."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio

from services.local.layout import Layout
from services.local.ports import free_port, free_valkey_ports
from services.local.process import LOOPBACK
from services.local.roles import on_ports
from services.local.stores.binaries import run
from services.local.stores.postgres import PostgresPair
from services.local.stores.valkey import ValkeyCluster
from services.local.supervisor import Supervisor
from tests.load.own_sessions import NoSession
from tests.load.sink import Sink, serve
from tests.load.trial import Aim, tried
from tests.load.visitor import NotServed

ADMIN = 7_001
SECRET = "a-secret-of-the-load-test-0123456789"
PEOPLE, CAPACITY = 24, 10
OPTIONS = {
    "ADMIN_TG_IDS": str(ADMIN),
    "SEND_RATE_MAX": "0",
    "SEND_CHAT_RATE_MAX": "0",
    "RATE_LIMIT_MAX": "1000",
}


@pytest_asyncio.fixture(scope="module")
async def aim(
    postgres: PostgresPair, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Aim]:
    """Aimed at a system with stores of its own and the sink in Telegram's place."""
    folder, sink_port = tmp_path_factory.mktemp("load"), free_port()
    async with (
        Supervisor(folder / "logs") as supervisor,
        await serve(Sink(), LOOPBACK, sink_port),
    ):
        valkey = ValkeyCluster(folder / "valkey", supervisor, ports=free_valkey_ports(3))
        await valkey.start()
        layout = Layout(
            environ={**os.environ, **OPTIONS},
            database=await postgres.create_database("load_command"),
            redis_url=valkey.url,
            webhook_secret=SECRET,
            data=str(folder),
            roles=on_ports(free_port),
            telegram_port=sink_port,
        )
        await _migrated(layout)
        await supervisor.start(*layout.services(), timeout=90)
        yield Aim(
            url=layout.webhook_url,
            secret=SECRET,
            sink=f"http://{LOOPBACK}:{sink_port}",
            admin=ADMIN,
            rate=60,
            people=PEOPLE,
            sessions=2,
            capacity=CAPACITY,
            connections=16,
        )


async def _migrated(layout: Layout) -> None:
    commands = layout.migrations().values()
    await asyncio.gather(*(run(*command, env=env, timeout=60) for command, env in commands))


async def test_a_crowd_is_let_in_and_every_promise_is_found_kept(aim: Aim) -> None:
    said: list[str] = []
    outcome = await tried(aim, said.append)
    assert outcome.record.sent == outcome.record.done == PEOPLE * 2
    assert outcome.is_good, outcome.words()
    assert "every promise was kept" in outcome.words()
    assert any(f"{PEOPLE} of {PEOPLE}" in line for line in said)


async def test_people_of_an_earlier_run_tap_again(aim: Aim) -> None:
    outcome = await tried(replace(aim, people=5, sessions=1), lambda _: None)
    assert outcome.is_good, outcome.words()


async def test_who_may_not_open_sessions_is_told_what_to_look_at(aim: Aim) -> None:
    with pytest.raises(NoSession, match="ADMIN_TG_IDS"):
        await tried(replace(aim, people=1, admin=7_002, card_seconds=1.0), lambda _: None)


async def test_a_wrong_secret_is_told(aim: Aim) -> None:
    with pytest.raises(NotServed, match="answered 40"):
        await tried(replace(aim, people=1, secret="another"), lambda _: None)


async def test_the_secret_is_never_shown(aim: Aim) -> None:
    assert SECRET not in repr(aim)
