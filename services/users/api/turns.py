"""One method's writes, a crowd's as one commit: those that come while a commit is under way are
made together in the next, so that they hold one connection and nobody who waits loses his place."""

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, TypeAlias

from services.chassis import consistency, telemetry
from services.chassis.coalesce import Coalescer, Crowded, TooLate
from services.chassis.consistency import Position
from services.chassis.db import Database
from services.chassis.deadline import budget, time_left
from services.chassis.errors import Exhausted
from services.chassis.once_together import OnceTogether, Work
from services.chassis.store_errors import StoreBusy


class TooManyWait(Exhausted):
    """More people wait for their turn than can be served in time."""

    reason = "CROWDED"


@dataclass(frozen=True, slots=True)
class _Question:
    request: Any
    traceparent: str


_Made: TypeAlias = tuple[Any, Position]
# What makes these requests' writes.
WorkOf: TypeAlias = Callable[[Sequence[Any]], Work]


class Turns:
    """`work_of` makes the writes of one turn, `answer` is what the method answers."""

    def __init__(self, database: Database, request: Any, answer: Any, work_of: WorkOf) -> None:
        self._name = request.DESCRIPTOR.name
        self._once = OnceTogether(database, request.DESCRIPTOR.full_name, answer)
        self._work_of = work_of
        self._coalescer: Coalescer[_Question, _Made] = Coalescer(self._carry, slots=1)

    async def __call__(self, request: Any) -> Any:
        """The answer, the same at each repeat. Raises what was refused, StoreBusy, TooManyWait."""
        ends = time.monotonic() + time_left()
        question = _Question(request, telemetry.kept_traceparent())
        try:
            response, position = await self._coalescer(question, ends)
        except TooLate as late:
            raise StoreBusy(str(late)) from None
        except Crowded as crowd:
            raise TooManyWait(str(crowd)) from None
        consistency.note_written(position)
        return response

    async def _carry(
        self, questions: Sequence[_Question], ends: float
    ) -> Sequence[_Made | Exception]:
        requests = [question.request for question in questions]
        kept = [question.traceparent for question in questions if question.traceparent]
        with (
            budget(max(0.0, ends - time.monotonic())),
            consistency.serving(0) as served,
            self._traced(kept),
        ):
            outcomes = await self._once(requests, self._work_of(requests))
        return [
            outcome if isinstance(outcome, Exception) else (outcome, served.written)
            for outcome in outcomes
        ]

    def _traced(self, kept: Sequence[str]) -> AbstractContextManager[object]:
        if not kept:
            return telemetry.unkept()
        links = [link for other in kept[1:] for link in telemetry.link(other)]
        return telemetry.span(self._name, caller=kept[0], links=links)
