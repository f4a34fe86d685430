"""One call, seen from either side: a span if the trace is kept, a histogram, a status code."""

import time
from types import TracebackType
from typing import Self

from opentelemetry.trace import SpanKind, StatusCode
from prometheus_client import Histogram

from services.chassis import metrics, telemetry

# The codes that are the server's own fault (OpenTelemetry's list); a refusal is an answer.
SERVER_FAULTS = frozenset({"DEADLINE_EXCEEDED", "INTERNAL", "UNAVAILABLE", "UNKNOWN"})


class Observed:
    """Around one call of `method` (full name, no leading slash).

    `code` is the name of the gRPC status the call ends with; set it before the end. `caller` is
    the traceparent that came with it. A class and not a generator: it surrounds every call.
    """

    __slots__ = ("_around", "_histogram", "_kind", "_method", "_span", "_started", "code")

    def __init__(
        self,
        method: str,
        kind: SpanKind,
        histogram: Histogram,
        code: str,
        caller: str | bytes | None = None,
    ) -> None:
        self.code = code
        self._method, self._kind, self._histogram = method, kind, histogram
        self._started = time.perf_counter()
        attributes = {"rpc.system.name": "grpc", "rpc.method": method}
        self._span = telemetry.started(method, kind, attributes, caller)
        self._around = telemetry.around(self._span)

    def __enter__(self) -> Self:
        self._around.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        span = self._span
        if span and span.is_recording():
            span.set_attribute("rpc.response.status_code", self.code)
            if self._is_fault():
                span.set_status(StatusCode.ERROR, self.code)
        seconds = time.perf_counter() - self._started
        metrics.observe(self._histogram, seconds, self._method, self.code)
        self._around.__exit__(None, None, None)

    def _is_fault(self) -> bool:
        if self._kind is SpanKind.SERVER:
            return self.code in SERVER_FAULTS
        return self.code != "OK"
