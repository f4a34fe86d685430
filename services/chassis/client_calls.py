"""What happens around every call we make: deadline, trace, position, retries, errors, counting.

A call that found no server, or one that could not serve it, is made again until its deadline:
that is safe, since reads change nothing and writes carry a request id. The calls are wrapped
where the stubs ask the channel for them; grpc.aio's interceptors cost a task more for each.
"""

import asyncio
import random
import time
from itertools import count
from typing import Any, TypeAlias

import grpc
from opentelemetry.trace import SpanKind

from services.chassis import consistency, metrics, telemetry
from services.chassis.deadline import time_left, within
from services.chassis.errors import Kind, Unanswered
from services.chassis.rpc_outcome import Observed
from services.chassis.wire_errors import remote_refusal

# Seconds before the second attempt, doubled for each one after it.
FIRST_BACKOFF = 0.02
LONGEST_BACKOFF = 0.5
# With less than this left another attempt cannot be answered.
LAST_CHANCE = 0.02
# Besides a refusal of kind UNAVAILABLE: no connection, and a server that went away under a call.
RETRIED = frozenset({grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED})

# Generic for the type checker alone.
Method: TypeAlias = "grpc.aio.UnaryUnaryMultiCallable[Any, Any]"


class MadeCalls:
    """One method of a stub: awaiting a call gives the response, a RemoteRefusal or Unanswered."""

    def __init__(self, service: str, name: str, method: Method, cap: float) -> None:
        self._service = service
        self._name = name
        self._method = method
        self._cap = cap

    def use(self, method: Method) -> None:
        """From the next attempt on, calls go this way."""
        self._method = method

    async def __call__(
        self,
        request: Any,
        *,
        timeout: float | None = None,
        metadata: grpc.aio.Metadata | None = None,
    ) -> Any:
        """Raises RemoteRefusal, Unanswered, NoDeadline; AioRpcError for the other side's bugs."""
        cap = min(time_left(), self._cap) if timeout is None else within(timeout)
        ends = time.monotonic() + cap
        metrics.RPC_CALLED_IN_FLIGHT.inc()
        try:
            with Observed(
                self._name, SpanKind.CLIENT, metrics.RPC_CALLED_SECONDS, "CANCELLED"
            ) as outcome:
                return await self._answer(request, ends, metadata, outcome)
        finally:
            metrics.RPC_CALLED_IN_FLIGHT.dec()

    async def _answer(
        self, request: Any, ends: float, given: grpc.aio.Metadata | None, outcome: Observed
    ) -> Any:
        metadata, why = self._metadata(given), ""
        for attempt in count():
            left = ends - time.monotonic()
            if left <= 0:
                break
            call = self._method(request, timeout=left, metadata=metadata)
            try:
                response = await call
                self._note(await call.trailing_metadata())
                outcome.code = "OK"
                return response
            except grpc.aio.AioRpcError as error:
                self._note(error.trailing_metadata())
                outcome.code, why = error.code().name, error.details() or ""
                _raise_final(error)
            if not await _rested(attempt, ends):
                break
            metrics.RPC_RETRIES.labels(self._name, outcome.code).inc()
        raise Unanswered(f"{self._name} had no answer in time: {outcome.code} {why}".rstrip())

    def _metadata(self, given: grpc.aio.Metadata | None) -> grpc.aio.Metadata:
        metadata = grpc.aio.Metadata(*(given or ()))
        traceparent, positions = telemetry.traceparent(), consistency.current_positions()
        if traceparent:
            metadata.add(telemetry.TRACEPARENT, traceparent)
        asked = positions.of(self._service) if positions else 0
        if asked:
            metadata.add(consistency.METADATA_KEY, str(asked))
        return metadata

    def _note(self, trailing: grpc.aio.Metadata | None) -> None:
        positions = consistency.current_positions()
        if positions and trailing:
            value = trailing.get(consistency.METADATA_KEY)
            if isinstance(value, str) and value.isdecimal():
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


async def _rested(attempt: int, ends: float) -> bool:
    """Wait before the next attempt; False when there is no time for one."""
    left = ends - time.monotonic()
    if left < LAST_CHANCE:
        return False
    pause = min(LONGEST_BACKOFF, FIRST_BACKOFF * 2.0**attempt) * random.uniform(0.5, 1.0)
    await asyncio.sleep(min(pause, left / 2))
    return True
