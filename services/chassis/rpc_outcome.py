"""One call, seen from either side: a span, a histogram, and the status code it ends with."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from opentelemetry.context import Context
from opentelemetry.trace import SpanKind, StatusCode
from prometheus_client import Histogram

from services.chassis import metrics, telemetry

# The codes that are the server's own fault (OpenTelemetry's list); a refusal is an answer.
SERVER_FAULTS = frozenset({"DEADLINE_EXCEEDED", "INTERNAL", "UNAVAILABLE", "UNKNOWN"})


@dataclass(slots=True)
class Outcome:
    """The name of the gRPC status code; to be set before the call ends."""

    code: str


@contextmanager
def observed(
    method: str,
    kind: SpanKind,
    histogram: Histogram,
    outcome: Outcome,
    parent: Context | None = None,
) -> Iterator[Outcome]:
    """Around one call of `method` (full name, no leading slash); `outcome` is read at its end."""
    started = time.perf_counter()
    with telemetry.tracer().start_as_current_span(
        method,
        context=parent,
        kind=kind,
        attributes={"rpc.system.name": "grpc", "rpc.method": method},
        record_exception=False,
        set_status_on_exception=False,
    ) as span:
        try:
            yield outcome
        finally:
            span.set_attribute("rpc.response.status_code", outcome.code)
            if _is_fault(kind, outcome.code):
                span.set_status(StatusCode.ERROR, outcome.code)
            metrics.observe(histogram, time.perf_counter() - started, method, outcome.code)


def _is_fault(kind: SpanKind, code: str) -> bool:
    return code in SERVER_FAULTS if kind is SpanKind.SERVER else code != "OK"
