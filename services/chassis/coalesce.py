"""Calls that travel together when there is a crowd, and alone when there is not.

The first call leaves at once. Those that come while it is under way leave together when it is
back, in the order in which they came, up to a cap; before that only when they are many, or the
first is away for long: two half-full batches cost nearly twice what one full one does. Nobody
waits a time for company (in a crowd, a few turns of the loop); one timer watches over everybody's
time. What carries a batch is said by whoever makes a Coalescer.
"""

import asyncio
import math
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextvars import Context
from dataclasses import dataclass
from itertools import chain
from typing import Generic, TypeVar

SLOTS = 2
MOST_TOGETHER = 128
MOST_WAITING = 4096
# So many go although others are still away, and so do those who come this late after them.
ENOUGH = 32
LONG_AWAY_SECONDS = 0.02
# Who has less than this left when his batch leaves would not hear its answer.
BOARDING_SECONDS = 0.1
# When so many have left together, the next ones wait for a few turns of the loop: not for a time.
CROWD = 4
TURNS_IN_A_CROWD = 8

Question = TypeVar("Question")
Answer = TypeVar("Answer")
Carry = Callable[[Sequence[Question], float], Awaitable[Sequence[Answer | Exception]]]


class Crowded(Exception):
    """More calls wait than can be served in time; nothing was sent."""


class TooLate(Exception):
    """The call's time was over before its answer came, or too short to board; `boarded` tells
    whether it may have had an effect."""

    def __init__(self, *, boarded: bool) -> None:
        super().__init__("no answer in time" if boarded else "it did not leave in time")
        self.boarded = boarded


@dataclass(slots=True, eq=False)
class _Passenger(Generic[Question, Answer]):
    question: Question
    ends: float
    answer: "asyncio.Future[Answer]"
    boarded: bool = False

    def expire(self) -> None:
        if not self.answer.done():
            self.answer.set_exception(TooLate(boarded=self.boarded))


class Coalescer(Generic[Question, Answer]):
    """`carry` takes a batch and the longest deadline in it, a moment of time.monotonic(), and
    gives each question's answer or its own exception, in their order; what it raises, all get.

    At most `slots` batches are under way, none larger than `most`, and `most_waiting` calls wait.
    """

    def __init__(
        self,
        carry: Carry[Question, Answer],
        *,
        slots: int = SLOTS,
        most: int = MOST_TOGETHER,
        most_waiting: int = MOST_WAITING,
    ) -> None:
        self._carry = carry
        self._slots = slots
        self._most = most
        self._most_waiting = most_waiting
        self._waiting: deque[_Passenger[Question, Answer]] = deque()
        self._under_way: dict[asyncio.Task[None], list[_Passenger[Question, Answer]]] = {}
        self._watch: asyncio.TimerHandle | None = None
        self._watch_at = math.inf
        self._is_called = False
        self._departed_at = -math.inf
        self._last = 0

    async def __call__(self, question: Question, ends: float) -> Answer:
        """The answer, by `ends`, a moment of time.monotonic(). Raises TooLate, Crowded, and what
        the carrier says of this question. A caller that is cancelled leaves the others alone."""
        return await self.board(question, ends)

    def board(self, question: Question, ends: float) -> "asyncio.Future[Answer]":
        """The answer to come, for who does not wait for it to the end. Raises Crowded at once."""
        if len(self._waiting) >= self._most_waiting:
            raise Crowded(f"{self._most_waiting} calls wait already")
        loop = asyncio.get_running_loop()
        passenger = _Passenger(question, ends, loop.create_future())
        self._waiting.append(passenger)
        if ends < self._watch_at:
            self._watch_until(loop, ends)
        self._call(loop)
        return passenger.answer

    def _watch_until(self, loop: asyncio.AbstractEventLoop, ends: float) -> None:
        if self._watch:
            self._watch.cancel()
        self._watch_at = ends
        self._watch = loop.call_later(max(0.0, ends - time.monotonic()), self._look, loop)

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        """Whose time is over is told so; the next look is when the next one's is."""
        self._watch, self._watch_at = None, math.inf
        now, next_ends = time.monotonic(), math.inf
        for passenger in chain(self._waiting, *self._under_way.values()):
            if passenger.ends <= now:
                passenger.expire()
            elif not passenger.answer.done():
                next_ends = min(next_ends, passenger.ends)
        if next_ends < math.inf:
            self._watch_until(loop, next_ends)

    def _call(self, loop: asyncio.AbstractEventLoop) -> None:
        """Everybody who comes in the same turn of the loop boards together, in a crowd also who
        comes in the next few: a busy loop's turns bring more, an idle one's are over at once."""
        if not self._is_called and self._may_depart():
            self._is_called = True
            turns = TURNS_IN_A_CROWD if self._last >= CROWD else 0
            loop.call_soon(self._turn, loop, turns, context=Context())

    def _turn(self, loop: asyncio.AbstractEventLoop, left: int) -> None:
        if left:
            loop.call_soon(self._turn, loop, left - 1)
        else:
            self._depart()

    def _may_depart(self) -> bool:
        if not self._under_way:
            return True
        if len(self._under_way) >= self._slots:
            return False
        away = time.monotonic() - self._departed_at
        return len(self._waiting) >= min(ENOUGH, self._most) or away > LONG_AWAY_SECONDS

    def _depart(self) -> None:
        self._is_called = False
        while self._waiting and self._may_depart():
            if batch := self._boarding():
                self._departed_at, self._last = time.monotonic(), len(batch)
                task = asyncio.get_running_loop().create_task(self._travel(batch))
                self._under_way[task] = batch
                task.add_done_callback(self._arrived)

    def _arrived(self, task: "asyncio.Task[None]") -> None:
        del self._under_way[task]
        self._depart()

    def _boarding(self) -> list[_Passenger[Question, Answer]]:
        batch: list[_Passenger[Question, Answer]] = []
        latest = time.monotonic() + BOARDING_SECONDS
        while self._waiting and len(batch) < self._most:
            passenger = self._waiting.popleft()
            if passenger.ends < latest:
                passenger.expire()
            elif not passenger.answer.done():
                passenger.boarded = True
                batch.append(passenger)
        return batch

    async def _travel(self, batch: list[_Passenger[Question, Answer]]) -> None:
        answers: Sequence[Answer | Exception]
        try:
            questions = [passenger.question for passenger in batch]
            answers = await self._carry(questions, max(passenger.ends for passenger in batch))
            if len(answers) != len(batch):
                raise ValueError(f"{len(batch)} questions, {len(answers)} answers")
        except Exception as error:
            answers = [error] * len(batch)
        for passenger, answer in zip(batch, answers, strict=True):
            if passenger.answer.done():
                continue
            if isinstance(answer, Exception):
                passenger.answer.set_exception(answer)
            else:
                passenger.answer.set_result(answer)
