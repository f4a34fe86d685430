"""What people do in one run: stories that begin at a steady rate, drawn by the run's seed."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tests.faults.history import Outcome
from tests.faults.players import Players
from tests.faults.seed import CAPACITY, Stage

UNDER_WAY = 100
"""Updates that Telegram has under way at a time, as `max_connections` says."""
ENLARGED_EVERY_SECONDS = 2.0
ENLARGED_BY = 2
MOST_PLACES = 60
THINKING_SECONDS = (0.02, 0.3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """Who plays, how fast, and for how long."""

    stage: Stage
    organiser: int
    rate: float = 30.0
    """Stories that begin in a second; one has about four updates."""
    seconds: float = 12.0
    seed: int = 0
    repeats: int = 0
    """How often Telegram brings every tap again."""
    enlarges: bool = True

    async def play(self, players: Players) -> None:
        """Until every story has come to its end."""
        slots = asyncio.Semaphore(UNDER_WAY)
        draw = random.Random(self.seed)
        people = list(self.stage.people)[:-1]
        draw.shuffle(people)
        async with asyncio.TaskGroup() as tasks:
            if self.enlarges:
                tasks.create_task(self._organise(players))
            for number in range(min(len(people), int(self.rate * self.seconds))):
                story = _Story(self, players, people[number], random.Random(draw.random()))
                tasks.create_task(_after(number / self.rate, slots, story.live))

    async def _organise(self, players: Players) -> None:
        """The crowded session gets more places, bit by bit."""
        places = CAPACITY
        end = players.now() + self.seconds
        while players.now() < end and places < MOST_PLACES:
            await asyncio.sleep(ENLARGED_EVERY_SECONDS)
            done = await players.enlarge(self.organiser, self.stage.crowded, places + ENLARGED_BY)
            if done.outcome is Outcome.OK:
                places += ENLARGED_BY


@dataclass(slots=True)
class _Story:
    """One person's evening at the telephone."""

    crowd: Crowd
    players: Players
    person: int
    draw: random.Random

    async def live(self) -> None:
        stage, draw = self.crowd.stage, self.draw
        session = draw.choice([stage.crowded, stage.crowded, stage.evening, *stage.sessions])
        if draw.random() < 0.3:
            await self.players.browse(self.person, draw.choice(["/sessions", "/my"]))
        await self._join(session)
        if draw.random() < 0.35:
            await self._leave(session)
            if draw.random() < 0.4:
                await self._join(session)
        if draw.random() < 0.3:
            await self._join(draw.choice(stage.sessions))

    async def _join(self, session: int) -> None:
        """A tap, at times brought twice, and a look at what came of it."""
        await self.players.join(self.person, session, self._repeats())
        await self._think()
        await self.players.look(self.person, session)

    async def _leave(self, session: int) -> None:
        await self._think()
        await self.players.leave(self.person, session, self._repeats())
        await self.players.look(self.person, session)

    def _repeats(self) -> int:
        return self.crowd.repeats or int(self.draw.random() < 0.1)

    async def _think(self) -> None:
        await asyncio.sleep(self.draw.uniform(*THINKING_SECONDS))


async def _after(
    seconds: float, slots: asyncio.Semaphore, story: Callable[[], Awaitable[None]]
) -> None:
    await asyncio.sleep(seconds)
    async with slots:
        await story()
