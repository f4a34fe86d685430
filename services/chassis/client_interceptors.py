"""What happens around every call we make: deadline, trace, position, retries, errors, counting.

A call that found no server, or one that could not serve it, is made again until its deadline:
that is safe, since reads change nothing and writes carry a request id.
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from itertools import count
from typing import TypeAlias, TypeVar

import grpc
from opentelemetry.trace import SpanKind

from services.chassis import consistency, metrics, telemetry
from services.chassis.deadline import time_left, within
from services.chassis.errors import Kind, Unanswered
from services.chassis.rpc_outcome import Outcome, observed
from services.chassis.wire_errors import remote_refusal

# Seconds before the second attempt, doubled for each one after it.
FIRST_BACKOFF = 0.02
LONGEST_BACKOFF = 0.5
# With less than this left another attempt cannot be answered.
LAST_CHANCE = 0.02
# Besides a refusal of kind UNAVAILABLE: no connection, and a server that went away under a call.
RETRIED = frozenset({grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED})

Request = TypeVar("Request")
Response = TypeVar("Response")
# Generic for the type checker alone.
Sent: TypeAlias = "grpc.aio.UnaryUnaryCall[Request, Response]"
Continue: TypeAlias = (
    "Callable[[grpc.aio.ClientCallDetails, Request], Awaitable[Sent[Request, Response]]]"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call on its way: to which method, until when, in which trace."""

    method: str
    details: grpc.aio.ClientCallDetails
    ends: float
    outcome: Outcome

    def seconds_left(self) -> float:
        """Until the deadline; below 0 after it."""
        return self.ends - time.monotonic()


class MadeCalls(grpc.aio.UnaryUnaryClientInterceptor):
    """Turns a stub's method into an answer, a RemoteRefusal, or Unanswered."""

    def __init__(self, service: str, cap: float) -> None:
        self._service = service
        self._cap = cap

    async def intercept_unary_unary(
        self,
        continuation: "Continue[Request, Response]",
        client_call_details: grpc.aio.ClientCallDetails,
        request: Request,
    ) -> Response:
        """Raises RemoteRefusal, Unanswered, NoDeadline; AioRpcError for the other side's bugs."""
        details = client_call_details
        own = details.timeout
        ends = time.monotonic() + (min(time_left(), self._cap) if own is None else within(own))
        method = _text(details.method).removeprefix("/")
        with (
            observed(
                method, SpanKind.CLIENT, metrics.RPC_CALLED_SECONDS, Outcome("CANCELLED")
            ) as outcome,
            metrics.RPC_CALLED_IN_FLIGHT.track_inprogress(),
        ):
            call = Call(method=method, details=details, ends=ends, outcome=outcome)
            return await self._answer(call, continuation, request)

    async def _answer(
        self, call: Call, continuation: "Continue[Request, Response]", request: Request
    ) -> Response:
        for attempt in count():
            if call.seconds_left() <= 0:
                break
            try:
                return await self._attempt(call, continuation, request)
            except grpc.aio.AioRpcError as error:
                self._note(error.trailing_metadata())
                call.outcome.code = error.code().name
                _raise_final(error)
            if not await _rested(attempt, call):
                break
            metrics.RPC_RETRIES.labels(call.method, call.outcome.code).inc()
        raise Unanswered(f"{call.method} had no answer in time: {call.outcome.code}")

    async def _attempt(
        self, call: Call, continuation: "Continue[Request, Response]", request: Request
    ) -> Response:
        details = grpc.aio.ClientCallDetails(
            call.details.method,
            call.seconds_left(),
            self._metadata(call.details.metadata),
            call.details.credentials,
            call.details.wait_for_ready,
        )
        sent = await continuation(details, request)
        response = await sent
        self._note(await sent.trailing_metadata())
        call.outcome.code = "OK"
        return response

    def _metadata(self, given: grpc.aio.Metadata | None) -> grpc.aio.Metadata:
        metadata = grpc.aio.Metadata(*(given or ()))
        traceparent, positions = telemetry.traceparent(), consistency.current_positions()
        if traceparent:
            metadata.add(telemetry.TRACEPARENT, traceparent)
        asked = positions.of(self._service) if positions else consistency.Position()
        if asked:
            metadata.add(consistency.METADATA_KEY, str(asked))
        return metadata

    def _note(self, trailing: grpc.aio.Metadata | None) -> None:
        positions = consistency.current_positions()
        value = trailing.get(consistency.METADATA_KEY) if trailing else None
        if positions and isinstance(value, str) and value.isdecimal():
            positions.note(self._service, int(value))


def _raise_final(error: grpc.aio.AioRpcError) -> None:
    """Raise what no further attempt would change."""
    refusal = remote_refusal(error)
    if refusal and refusal.kind is not Kind.UNAVAILABLE:
        raise refusal from None
    if error.code() is grpc.StatusCode.DEADLINE_EXCEEDED:
        raise Unanswered(f"no answer in time: {error.details()}") from error
    if error.code() not in RETRIED:
        raise error


async def _rested(attempt: int, call: Call) -> bool:
    """Wait before the next attempt; False when there is no time for one."""
    left = call.seconds_left()
    if left < LAST_CHANCE:
        return False
    pause = min(LONGEST_BACKOFF, FIRST_BACKOFF * 2.0**attempt) * random.uniform(0.5, 1.0)
    await asyncio.sleep(min(pause, left / 2))
    return True


def _text(method: str | bytes) -> str:
    """grpc.aio hands interceptors the method as bytes, whatever its types say."""
    return method.decode() if isinstance(method, bytes) else method
