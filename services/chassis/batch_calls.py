"""The client's side of a Batch… method: single calls that travel as its items.

A caller sees what a call of his own would have given him: the response, RemoteRefusal,
Unanswered, or the other side's bug. Each item carries its caller's position and trace; the batch
itself runs in the trace of its first item that is kept, linked to the others'.
"""

import asyncio
import random
import time
from collections.abc import Sequence
from typing import Any, NamedTuple

import grpc

from services.chassis import consistency, metrics, telemetry
from services.chassis.coalesce import MOST_TOGETHER, SLOTS, Coalescer, Crowded, TooLate
from services.chassis.consistency import Position
from services.chassis.deadline import budget, time_left
from services.chassis.errors import Kind, RemoteRefusal, Unanswered

# Seconds before an item that the other side could not serve is sent again, doubled each time.
FIRST_BACKOFF, LONGEST_BACKOFF = 0.02, 0.5
LAST_CHANCE = 0.12


class _Question(NamedTuple):
    request: Any
    position: Position
    traceparent: str


class _Answer(NamedTuple):
    response: Any
    position: Position


class BatchedCalls:
    """One method of a stub, for calls with a time budget around them.

    `batch` is the stub's Batch… method, `request_type` its request; `service` is whose positions
    count.
    """

    def __init__(
        self,
        service: str,
        batch: Any,
        request_type: Any,
        *,
        slots: int = SLOTS,
        most: int = MOST_TOGETHER,
    ) -> None:
        self._service = service
        self._batch = batch
        self._request_type = request_type
        self._name = request_type.DESCRIPTOR.name.removesuffix("Request")
        self._sizes = metrics.BATCH_ITEMS.labels(self._name)
        self._coalescer: Coalescer[_Question, _Answer] = Coalescer(
            self._carry, slots=slots, most=most
        )

    async def __call__(self, request: Any) -> Any:
        """Raises RemoteRefusal (EXHAUSTED too, when too many wait here), Unanswered, NoDeadline;
        AioRpcError for the other side's bugs."""
        ends = time.monotonic() + time_left()
        positions = consistency.current_positions()
        asked = positions.of(self._service) if positions else 0
        question = _Question(request, asked, telemetry.kept_traceparent())
        pause = FIRST_BACKOFF
        while True:
            try:
                answer = await self._coalescer(question, ends)
            except RemoteRefusal as refusal:
                left = ends - time.monotonic()
                if refusal.kind is not Kind.UNAVAILABLE:
                    raise
                if left < LAST_CHANCE:
                    raise Unanswered(f"{self._name} could not be served in time") from refusal
                await asyncio.sleep(min(pause * random.uniform(0.5, 1.0), left / 2))
                pause = min(LONGEST_BACKOFF, pause * 2)
            except TooLate as late:
                raise Unanswered(f"{self._name}: {late}") from None
            except Crowded as crowd:
                raise RemoteRefusal(Kind.EXHAUSTED, "CROWDED", {}, str(crowd)) from None
            else:
                if positions and answer.position:
                    positions.note(self._service, answer.position)
                return answer.response

    async def _carry(
        self, questions: Sequence[_Question], ends: float
    ) -> Sequence[_Answer | Exception]:
        self._sizes.observe(len(questions))
        request = self._request_type()
        for question in questions:
            item = request.items.add()
            item.request.CopyFrom(question.request)
            if question.position:
                item.context.position = question.position
            if question.traceparent:
                item.context.traceparent = question.traceparent
        kept = [question.traceparent for question in questions if question.traceparent]
        with budget(max(0.0, ends - time.monotonic())), consistency.positions() as written:
            if kept:
                response = await self._traced(request, kept)
            else:
                with telemetry.unkept():
                    response = await self._batch(request)
        position = written.of(self._service)
        if len(response.items) != len(questions):
            raise Unanswered(f"{self._name} answered {len(response.items)} of {len(questions)}")
        return [_outcome(item, position) for item in response.items]

    async def _traced(self, request: Any, kept: Sequence[str]) -> Any:
        links = [link for other in kept[1:] for link in telemetry.link(other)]
        with telemetry.span(self._name, caller=kept[0], links=links):
            return await self._batch(request)


def _outcome(item: Any, position: Position) -> _Answer | Exception:
    if item.WhichOneof("outcome") == "response":
        return _Answer(item.response, position)
    error = item.error
    if error.status in set(Kind):
        return RemoteRefusal(Kind(error.status), error.reason, dict(error.details), error.message)
    nothing = grpc.aio.Metadata()
    return grpc.aio.AioRpcError(grpc.StatusCode.INTERNAL, nothing, nothing, error.message)
