"""Where kept traces go: the collector that the standard OTEL_ variables name.

Imported only where one is named, since it costs a process some 20 MiB.
"""

import os
from importlib.metadata import version
from uuid import uuid4

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.sdk.trace.sampling import ParentBasedTraceIdRatio

from services.chassis.telemetry import roots


class _Ids(RandomIdGenerator):
    """Random, but for the trace that `telemetry` has just decided to keep."""

    def generate_trace_id(self) -> int:
        """An id of which the sampler says what `telemetry` has said of it."""
        return roots.take() or super().generate_trace_id()


def set_up(service: str) -> TracerProvider:
    """Send what is kept, from now on; the last of it leaves when what is answered is shut down."""
    share = _share_kept()
    roots.keep(share)
    provider = TracerProvider(
        sampler=ParentBasedTraceIdRatio(share),
        resource=Resource.create(
            {
                "service.name": service,
                "service.namespace": "fotbot",
                "service.version": version("fotbot"),
                "service.instance.id": str(uuid4()),
            }
        ),
        shutdown_on_exit=False,
        id_generator=_Ids(),
    )
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    return provider


def _share_kept() -> float:
    """Of the traces that begin here, by OTEL_TRACES_SAMPLER and its _ARG; all by default."""
    sampler = os.environ.get("OTEL_TRACES_SAMPLER", "").lower()
    if sampler.endswith("always_off"):
        return 0.0
    if not sampler.endswith("traceidratio"):
        return 1.0
    try:
        return min(1.0, max(0.0, float(os.environ.get("OTEL_TRACES_SAMPLER_ARG", ""))))
    except ValueError:
        return 1.0
