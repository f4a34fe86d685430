"""Prometheus beside the system that `make run` has started, or beside one started for it."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress

from services.chassis.settings import load
from services.local.observe.prometheus import (
    HOW_TO_GET_IT,
    NAMESPACE,
    SCRAPE_SECONDS,
    NoAnswer,
    Prometheus,
    found,
    server,
)
from services.local.observe.shown import Scope
from services.local.ports import is_free
from services.local.process import LOOPBACK, Process, answers_http
from services.local.roles import ROLES
from services.local.settings import LocalSettings
from services.local.supervisor import Supervisor

PORT = 9190
"""Not 9090, where the gateway tells its metrics."""

READY_SECONDS = 180.0
# A rate needs two scrapes, a rule over it one more.
SCRAPES = 6

Show = Callable[[Prometheus, Scope], Awaitable[None]]


class Missing(Exception):
    """What it needs is not to be had; the message says what to do."""


async def observed(show: Show) -> None:
    """Bring it up, show everything once, serve until told to stop. Raises Missing, NotReady."""
    program = found()
    if program is None:
        raise Missing(HOW_TO_GET_IT)
    settings = load(LocalSettings, os.environ)
    if settings.local_ports != "known":
        raise Missing("with LOCAL_PORTS=free nobody knows where its processes listen")
    if not is_free(PORT):
        raise Missing(f"port {PORT} is taken; another make observe?")
    folder = settings.data.absolute() / "observe"
    async with Supervisor(folder / "logs", tell=print) as supervisor:
        if not await _gateway_answers():
            print("nothing runs here yet: starting the whole system")
            await supervisor.start(_system(), timeout=READY_SECONDS)
        await supervisor.start(server(program, folder, PORT, ROLES))
        url = f"http://{LOOPBACK}:{PORT}"
        await _scraped(Prometheus(url))
        await show(Prometheus(url), Scope(namespace=NAMESPACE, rate_interval="1m"))
        print(
            f"\nPrometheus: {url}/graph, alerts: {url}/alerts. To see the dashboards again:\n"
            f"  {sys.executable} -m services.local.observe dashboards [--queries]\nCtrl-C ends it."
        )
        await _told_to_stop()


async def _gateway_answers() -> bool:
    return await answers_http(_ops_port("gateway"), "/livez")()


def _ops_port(name: str) -> int:
    return next(role.ports["OPS_PORT"] for role in ROLES if role.name == name)


def _system() -> Process:
    return Process(
        name="system",
        command=(sys.executable, "-m", "services.local"),
        env=dict(os.environ),
        ready=answers_http(_ops_port("gateway")),
        patience=30.0,
        orphan_signal=signal.SIGTERM,
    )


async def _scraped(prometheus: Prometheus) -> None:
    """Once everybody was asked so often that rates can be told."""
    wanted = f'count(count_over_time(up{{job="fotbot"}}[5m]) >= {SCRAPES})'
    async with asyncio.timeout(READY_SECONDS):
        while True:
            with suppress(NoAnswer):
                if [value for _, value in await prometheus.query(wanted)] == [len(ROLES)]:
                    return
            await asyncio.sleep(SCRAPE_SECONDS)


async def _told_to_stop() -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await stop.wait()
