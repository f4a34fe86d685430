"""The client's side of a Batch… method: single calls that travel as its items.

A caller sees what a call of his own would have given him: the response, RemoteRefusal,
Unanswered, or the other side's bug. A response that several have in common is one message, not to
be changed. Each item carries its caller's position and trace; the batch
itself runs in the trace of its first item that is kept, linked to the others'.
"""

import asyncio
import math
import random
import time
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, cast

import grpc
from google.protobuf.descriptor import Descriptor
from google.protobuf.message_factory import GetMessageClass

from services.chassis import consistency, metrics, telemetry
from services.chassis.coalesce import MOST_TOGETHER, SLOTS, Coalescer, Crowded, TooLate
from services.chassis.consistency import Position
from services.chassis.deadline import budget, time_left
from services.chassis.errors import Kind, RemoteRefusal, Unanswered

# Seconds before an item that the other side could not serve is sent again, doubled each time.
FIRST_BACKOFF, LONGEST_BACKOFF = 0.02, 0.5
LAST_CHANCE = 0.12
# Responses that many had in common, of each method.
SHARED_REMEMBERED = 256


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
        self._read = _reading(request_type.DESCRIPTOR)
        self._sizes = metrics.BATCH_ITEMS.labels(self._name)
        self._coalescer: Coalescer[_Question, _Answer] = Coalescer(
            self._carry, slots=slots, most=most
        )

    async def __call__(self, request: Any, seconds: float = math.inf) -> Any:
        """The response, in so many seconds or what is left of the budget. Raises RemoteRefusal
        (EXHAUSTED too, when too many wait here), Unanswered, NoDeadline; AioRpcError for the other
        side's bugs."""
        ends = time.monotonic() + min(seconds, time_left())
        positions = consistency.current_positions()
        asked = positions.of(self._service) if positions else 0
        question = _Question(request, asked, telemetry.kept_traceparent())
        pause = FIRST_BACKOFF
        while True:
            try:
                answer = await self._coalescer.board(question, ends)
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
        if self._read:
            request.share = True
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
        shared = list(map(self._read, response.shared)) if self._read else []
        return [_outcome(item, position, shared) for item in response.items]

    async def _traced(self, request: Any, kept: Sequence[str]) -> Any:
        links = [link for other in kept[1:] for link in telemetry.link(other)]
        with telemetry.span(self._name, caller=kept[0], links=links):
            return await self._batch(request)


def _reading(request: Descriptor) -> Callable[[bytes], Any] | None:
    """How a shared response is read, bytes that were there before only once; None for a method
    whose items share nothing."""
    if "share" not in request.fields_by_name:
        return None
    name = request.name.removesuffix("Request")
    item = request.file.message_types_by_name[f"{name}ResponseItem"]
    response = item.fields_by_name["response"].message_type
    return lru_cache(SHARED_REMEMBERED)(GetMessageClass(cast(Descriptor, response)).FromString)


def _outcome(item: Any, position: Position, shared: Sequence[Any]) -> _Answer | Exception:
    outcome = item.WhichOneof("outcome")
    if outcome == "shared":
        return _Answer(shared[item.shared], position)
    if outcome == "response":
        return _Answer(item.response, position)
    error = item.error
    if error.status in set(Kind):
        return RemoteRefusal(Kind(error.status), error.reason, dict(error.details), error.message)
    nothing = grpc.aio.Metadata()
    return grpc.aio.AioRpcError(grpc.StatusCode.INTERNAL, nothing, nothing, error.message)
