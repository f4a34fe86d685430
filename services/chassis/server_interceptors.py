"""What happens around every call that is served: caller, deadline, trace, position, errors,
counting.

One interceptor of our own. OpenTelemetry's reports an unhandled exception as no error at all and
costs 300 us a call. The health service passes untouched.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, NoReturn, TypeAlias

import grpc
from google.protobuf.message import DecodeError
from opentelemetry.trace import SpanKind

from services.chassis import consistency, logs, metrics, telemetry, wire_errors
from services.chassis.deadline import budget
from services.chassis.errors import (
    Invalid,
    Kind,
    Refused,
    RemoteRefusal,
    Unanswered,
    Unavailable,
)
from services.chassis.malformed import Malformed, has_nul
from services.chassis.peers import Guard
from services.chassis.rpc_outcome import Observed

# What a handler's own calls must leave over, so that its answer still arrives in time.
MARGIN_SECONDS = 0.05
MOST_IN_FLIGHT = 1000

POSITION = re.compile(r"[0-9]{1,20}")

log = logs.logger(__name__)
# Generic for the type checker alone.
Context: TypeAlias = "grpc.aio.ServicerContext[Any, Any]"
Forbade: TypeAlias = Callable[[str, Any, Refused], Awaitable[None]]
Handler: TypeAlias = "grpc.RpcMethodHandler[Any, Any] | None"


class DeadlineRequired(Invalid):
    """A call without a deadline could wait for ever."""

    reason = "DEADLINE_REQUIRED"


class Overloaded(Unavailable):
    """Too many calls at once; another replica may have room."""

    reason = "OVERLOADED"


class UpstreamUnanswered(Unavailable):
    """A service that this call needs has not answered in time."""

    reason = "UPSTREAM_UNANSWERED"


class InFlight:
    """How many calls are being served: our own count, since `Server.stop` forgets some."""

    def __init__(self, most: int = MOST_IN_FLIGHT) -> None:
        self.count = 0
        self._most = most
        self._idle = asyncio.Event()
        self._idle.set()

    def __enter__(self) -> None:
        self.count += 1
        self._idle.clear()
        metrics.RPC_SERVED_IN_FLIGHT.inc()

    def __exit__(self, *_: object) -> None:
        self.count -= 1
        metrics.RPC_SERVED_IN_FLIGHT.dec()
        if not self.count:
            self._idle.set()

    def is_too_many(self) -> bool:
        """True when there is no room for the newest one."""
        return self.count > self._most

    async def ended(self) -> None:
        """Return once no call is being served."""
        await self._idle.wait()


class ServedCalls(grpc.aio.ServerInterceptor):
    """Wraps each unary method once and keeps the wrapped handler."""

    def __init__(
        self, in_flight: InFlight, guard: Guard | None = None, forbidden: Forbade | None = None
    ) -> None:
        """`forbidden` is told of every call that its caller may not make."""
        self._in_flight = in_flight
        self._guard = guard
        self._forbidden = forbidden
        self._wrapped: dict[str, Handler] = {}

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Handler]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Handler:
        """The handler with everything around it; unknown methods and streams as they are."""
        method = handler_call_details.method
        if method in self._wrapped:
            return self._wrapped[method]
        handler = await continuation(handler_call_details)
        if not handler or not handler.unary_unary or method.startswith("/grpc.health."):
            return handler
        self._wrapped[method] = grpc.unary_unary_rpc_method_handler(
            partial(self._serve, method.removeprefix("/"), handler.unary_unary),
            request_deserializer=partial(_read, handler.request_deserializer),
            response_serializer=handler.response_serializer,
        )
        return self._wrapped[method]

    async def _serve(self, method: str, behaviour: Any, request: Any, context: Context) -> Any:
        told = dict(context.invocation_metadata() or ())
        asked = _position(told.get(consistency.METADATA_KEY))
        caller = told.get(telemetry.TRACEPARENT)
        with (
            consistency.serving(asked) as served,
            Observed(method, SpanKind.SERVER, metrics.RPC_SERVED_SECONDS, "OK", caller) as outcome,
            self._in_flight,
        ):
            try:
                if self._guard:
                    self._guard.check(method, context)
                response = await self._within_deadline(behaviour, request, context)
                context.set_trailing_metadata(_trailer(served.written))
                return response
            except asyncio.CancelledError:
                outcome.code = _why_cancelled(context)
                raise
            except Exception as error:
                refusal = _refusal(error, request)
            outcome.code = refusal.kind.value if refusal else "INTERNAL"
            if isinstance(refusal, Refused) and refusal.kind is Kind.FORBIDDEN:
                await self._told(method, request, refusal)
            return await _refuse(context, refusal, served.written)

    async def _told(self, method: str, request: Any, refusal: Refused) -> None:
        if self._forbidden and request is not None:
            await self._forbidden(method, request, refusal)

    async def _within_deadline(self, behaviour: Any, request: Any, context: Context) -> Any:
        remaining: float | None = context.time_remaining()
        if remaining is None:
            raise DeadlineRequired("every call needs a deadline")
        if request is None:
            raise Malformed("the request cannot be read")
        if self._in_flight.is_too_many():
            raise Overloaded("too many calls at once")
        with budget(max(0.0, remaining - MARGIN_SECONDS)):
            return await behaviour(request, context)


def _read(deserialize: Callable[[bytes], Any] | None, data: bytes) -> Any:
    """The request, or None when it cannot be read: grpc.aio would call that INTERNAL."""
    try:
        return deserialize(data) if deserialize else data
    except DecodeError:
        return None


def _position(value: str | bytes | None) -> consistency.Position:
    """What the caller must see; nonsense asks for nothing."""
    return int(value) if isinstance(value, str) and POSITION.fullmatch(value) else 0


def _refusal(error: Exception, request: Any) -> Refused | RemoteRefusal | None:
    """The refusal that an error is; None for a bug, which is logged here with its trace."""
    if isinstance(error, Unanswered):
        error = UpstreamUnanswered(str(error))
    # A refusal without a reason is a bug too.
    if not isinstance(error, Refused | RemoteRefusal) or not hasattr(error, "reason"):
        if has_nul(request):
            return Malformed("a text holds NUL")
        log.error("a call failed", exc_info=error)
        return None
    if error.kind is Kind.UNAVAILABLE:
        log.warning("a call could not be served", reason=error.reason, message=str(error))
    return error


async def _refuse(
    context: Context, refusal: Refused | RemoteRefusal | None, written: consistency.Position
) -> NoReturn:
    if refusal is None:
        await context.abort(grpc.StatusCode.INTERNAL, "internal error", _trailer(written))
    else:
        await context.abort(
            wire_errors.status_code(refusal.kind),
            wire_errors.message(refusal),
            (*_trailer(written), (wire_errors.DETAILS_KEY, wire_errors.packed(refusal))),
        )


def _trailer(written: consistency.Position) -> tuple[tuple[str, str], ...]:
    return ((consistency.METADATA_KEY, str(written)),) if written else ()


def _why_cancelled(context: Context) -> str:
    remaining: float | None = context.time_remaining()
    return "DEADLINE_EXCEEDED" if remaining is not None and remaining <= 0 else "CANCELLED"
