"""A Prometheus over the city of the end-to-end tests, and people who keep it busy."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

from fotbot.sessions.v1.session_pb2 import Session

from services.gateway.features.sessions.callbacks import JoinSession, LeaveSession
from services.local.observe.prometheus import Prometheus, server
from services.local.ports import free_port
from services.local.process import LOOPBACK
from services.local.supervisor import Supervisor
from tests.e2e.city import SECRET, City
from tests.e2e.league import Member, league
from tests.e2e.webhook import deliver, message, tap
from tests.load.driver import Door, Load
from tests.load.updates import Crowd

SCRAPE_SECONDS = 1
PEOPLE, A_SECOND, LONGEST = 200, 40, 100.0
PLAYERS = 30


@asynccontextmanager
async def prometheus(city: City, program: Path, data: Path) -> AsyncIterator[Prometheus]:
    """It scrapes every process of the city once a second, and knows the chart's rules."""
    port = free_port()
    process = server(program, data, port, city.layout.roles, SCRAPE_SECONDS)
    async with Supervisor(data / "logs") as supervisor:
        await supervisor.start(process, timeout=30)
        yield Prometheus(f"http://{LOOPBACK}:{port}")


@asynccontextmanager
async def busy(city: City) -> AsyncIterator[None]:
    """People write to the bot, take places and give them back, while the block runs."""
    tasks = [asyncio.create_task(_strangers(city)), asyncio.create_task(_players(city))]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        ends = await asyncio.gather(*tasks, return_exceptions=True)
    for end in ends:
        if isinstance(end, Exception):
            raise end


async def _strangers(city: City) -> None:
    """The load driver's crowd at the door."""
    parts = urlsplit(city.layout.webhook_url)
    door = Door(host=str(parts.hostname), port=int(parts.port or 0), secret=SECRET)
    acts = Crowd(operation="start", people=PEOPLE, sessions=(0,)).acts()
    await Load(door, acts, connections=8).at_rate(A_SECOND, seconds=LONGEST)


async def _players(city: City) -> None:
    """Three for two places: one waits, one leaves, one is told; others look on. Again and again, in
    turns, since nobody may do too much; and somebody who does not know the secret."""
    async with league(city) as made:
        members = [await made.member() for _ in range(PLAYERS)]
        while True:
            members = [*members[6:], *members[:6]]
            session = await made.session(capacity=2)
            await _evening(city, session, members[:9])
            for _ in range(20):  # mostly served from the cache, of which a sixteenth is observed
                await made.seen(session.id, members[-1])
            async with city.http.post(city.layout.webhook_url, data=b"{}"):
                await asyncio.sleep(SCRAPE_SECONDS / 2)


async def _evening(city: City, session: Session, members: Sequence[Member]) -> None:
    players = [member.telegram_id for member in members[:3]]
    updates = [tap(player, JoinSession(session_id=session.id)) for player in players]
    updates.append(tap(players[0], LeaveSession(session_id=session.id)))
    for update in updates:
        await deliver(city.http, city.layout.webhook_url, update)
    onlookers = [message(member.telegram_id, "/sessions") for member in members[3:]]
    await asyncio.gather(*(deliver(city.http, city.layout.webhook_url, one) for one in onlookers))
