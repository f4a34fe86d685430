"""Traces: always there for the logs, kept and sent only where a collector is named.

Spans of calls are made in the interceptors, those of SQL and cache commands by OpenTelemetry's
instrumentors for asyncpg and redis (the one for SQLAlchemy stays silent with version 2.1).
"""

import asyncio
import os
import threading
from collections.abc import Sequence
from contextlib import suppress
from importlib.metadata import version
from importlib.util import find_spec
from typing import Any
from uuid import uuid4

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF
from opentelemetry.trace import Link, Span, SpanContext, Tracer
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
TRACEPARENT = "traceparent"

_propagator = TraceContextTextMapPropagator()
# It stands in for the tracer of whichever provider `set_up` makes.
_tracer = trace.get_tracer("fotbot")


def tracer() -> Tracer:
    """The tracer for spans made by hand."""
    return _tracer


def set_up(service: str) -> None:
    """Make the process's tracer provider. Without a collector it only gives out trace ids."""
    exporting = any(os.environ.get(name) for name in ENDPOINTS)
    provider = TracerProvider(
        sampler=None if exporting else ALWAYS_OFF,
        resource=Resource.create(
            {
                "service.name": service,
                "service.namespace": "fotbot",
                "service.version": version("fotbot"),
                "service.instance.id": str(uuid4()),
            }
        ),
        shutdown_on_exit=False,
    )
    trace.set_tracer_provider(provider)
    if exporting:
        _export(provider)


async def shut_down(seconds: float) -> None:
    """Send what is still here; give up after this many seconds, since a collector may be away."""
    provider = trace.get_tracer_provider()
    if not isinstance(provider, TracerProvider):
        return
    loop, sent = asyncio.get_running_loop(), asyncio.Event()

    def send() -> None:
        provider.shutdown()
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(sent.set)

    # Not the executor's thread, for whose end the process would wait.
    threading.Thread(target=send, daemon=True).start()
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await sent.wait()


def traceparent() -> str:
    """The trace under way as W3C text, for a job row or a notice; empty outside any trace."""
    carrier: dict[str, str] = {}
    _propagator.inject(carrier)
    return carrier.get(TRACEPARENT, "")


def parent(text: str | bytes | None) -> Context | None:
    """The context to start a child span in; None, for no text, goes on in the current one."""
    return _propagator.extract({TRACEPARENT: text}, Context()) if isinstance(text, str) else None


def link(text: str | None) -> Sequence[Link]:
    """For `start_span(links=...)`: the trace that caused this one, or nothing if unreadable."""
    context = parent(text)
    cause: SpanContext = trace.get_current_span(context).get_span_context()
    return [Link(cause)] if context and cause.is_valid else []


def _export(provider: TracerProvider) -> None:
    """Imported here, since a process without a collector needs none of it."""
    from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    os.environ.setdefault("OTEL_SEMCONV_STABILITY_OPT_IN", "http,database")
    if find_spec("asyncpg"):
        from opentelemetry.instrumentation.asyncpg import AsyncPGInstrumentor

        untyped: Any = AsyncPGInstrumentor
        untyped().instrument(tracer_provider=provider)
    if find_spec("redis"):
        from opentelemetry.instrumentation.redis import RedisInstrumentor

        RedisInstrumentor().instrument(tracer_provider=provider, request_hook=_name_cluster)


def _name_cluster(span: Span, *_: object) -> None:
    """The instrumentor names the store only of a client with a single connection pool."""
    span.set_attribute("db.system.name", "redis")
