"""People who keep tapping while something is done to the system: every update is brought once, and
what came of it is kept."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp

from tests.e2e.city import SECRET
from tests.e2e.webhook import HEADER, Json, message

PATIENCE = aiohttp.ClientTimeout(total=60)


@dataclass(slots=True)
class Crowd:
    """What was answered so far, by status; what was not answered at all is under 0."""

    webhook: str
    answers: Counter[int] = field(default_factory=Counter)
    slowest: float = 0.0
    sent: list[Json] = field(default_factory=list)
    failed: list[tuple[str, Json]] = field(default_factory=list)

    async def bring(self, http: aiohttp.ClientSession, update: Json) -> int:
        """One update over a connection of its own, as through a proxy that keeps none."""
        self.sent.append(update)
        begun = time.monotonic()
        headers = {HEADER: SECRET, "Connection": "close"}
        try:
            async with http.post(
                self.webhook, json=update, headers=headers, timeout=PATIENCE
            ) as response:
                await response.read()
                status = response.status
        except (aiohttp.ClientError, TimeoutError) as error:
            status = 0
            self.failed.append((repr(error), update))
        else:
            if status != 200:
                self.failed.append((str(status), update))
        self.slowest = max(self.slowest, time.monotonic() - begun)
        self.answers[status] += 1
        return status


@asynccontextmanager
async def tapping(
    http: aiohttp.ClientSession, webhook: str, people: range, rate: float
) -> AsyncIterator[Crowd]:
    """`rate` updates a second by these people in turns, until the block is left; all of them are
    answered then."""
    crowd, under_way = Crowd(webhook), set[asyncio.Task[int]]()

    async def tap() -> None:
        turn, due = 0, time.monotonic()
        while True:
            update = message(people[turn % len(people)], "/start")
            task = asyncio.create_task(crowd.bring(http, update))
            under_way.add(task)
            task.add_done_callback(under_way.discard)
            turn, due = turn + 1, due + 1 / rate
            await asyncio.sleep(max(0.0, due - time.monotonic()))

    tapper = asyncio.create_task(tap())
    try:
        yield crowd
    finally:
        tapper.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)
