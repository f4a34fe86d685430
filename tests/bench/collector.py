"""A collector that takes traces and forgets them: exporting is paid for, keeping is not ours."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import grpc
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2_grpc import (
    TraceServiceServicer,
    add_TraceServiceServicer_to_server,
)


class _Forgetful(TraceServiceServicer):
    async def Export(
        self, request: ExportTraceServiceRequest, context: Any
    ) -> ExportTraceServiceResponse:
        """OTLP's one method."""
        return ExportTraceServiceResponse()


@asynccontextmanager
async def no_op_collector() -> AsyncIterator[dict[str, str]]:
    """What a process's environment needs to export there."""
    server = grpc.aio.server()
    add_TraceServiceServicer_to_server(_Forgetful(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    try:
        yield {"OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{port}"}
    finally:
        await server.stop(0)
