"""Traces, seen by a real OTLP receiver of the test's own."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import grpc
import pytest
from google.protobuf.wrappers_pb2 import StringValue
from opentelemetry import trace
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2, trace_service_pb2_grpc
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from services.chassis import telemetry
from services.chassis.client import connect
from services.chassis.deadline import budget
from services.local.stores.postgres import PostgresPair
from services.local.stores.valkey import ValkeyCluster
from tests.chassis.echo import METHOD, echo_call
from tests.chassis.test_process import SETTINGS, line, started
from tests.eventually import until

TRACEPARENT = f"00-{'a' * 32}-{'b' * 16}-01"


class Receiver(trace_service_pb2_grpc.TraceServiceServicer):
    """Keeps what exporters send."""

    def __init__(self) -> None:
        self.spans: list[Span] = []
        self.resource: dict[str, str] = {}

    async def Export(
        self, request: trace_service_pb2.ExportTraceServiceRequest, context: object
    ) -> trace_service_pb2.ExportTraceServiceResponse:
        for resource in request.resource_spans:
            self.resource = {a.key: a.value.string_value for a in resource.resource.attributes}
            for scope in resource.scope_spans:
                self.spans.extend(scope.spans)
        return trace_service_pb2.ExportTraceServiceResponse()


@asynccontextmanager
async def receiving() -> AsyncIterator[tuple[Receiver, str]]:
    receiver, server = Receiver(), grpc.aio.server()
    untyped: Any = trace_service_pb2_grpc
    untyped.add_TraceServiceServicer_to_server(receiver, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    try:
        yield receiver, f"http://127.0.0.1:{port}"
    finally:
        await server.stop(0)


def attributes(span: Span) -> dict[str, str]:
    return {attribute.key: attribute.value.string_value for attribute in span.attributes}


async def test_served_calls_are_spans_in_their_callers_trace() -> None:
    async with receiving() as (receiver, endpoint):
        settings = {**SETTINGS, "OTEL_EXPORTER_OTLP_ENDPOINT": endpoint}
        async with started({**settings, "OTEL_BSP_SCHEDULE_DELAY": "50"}) as process:
            port = (await line(process, "serving gRPC"))["port"]
            async with connect("echo", f"ipv4:127.0.0.1:{port}") as channel:
                call = echo_call(channel)
                parent = telemetry.parent(TRACEPARENT)
                with budget(10), trace.use_span(trace.get_current_span(parent)):
                    await call(StringValue(value="hello"))
                    with pytest.raises(grpc.aio.AioRpcError):
                        await call(StringValue(value="fail"))
            await until(lambda: len(receiver.spans) == 2)
    good, bad = receiver.spans
    assert good.name == METHOD
    assert good.kind == Span.SPAN_KIND_SERVER
    assert good.trace_id.hex() == "a" * 32
    assert attributes(good)["rpc.response.status_code"] == "OK"
    assert good.status.code == Status.STATUS_CODE_UNSET
    assert attributes(bad)["rpc.response.status_code"] == "INTERNAL"
    assert bad.status.code == Status.STATUS_CODE_ERROR
    assert receiver.resource["service.name"] == "echo"
    assert receiver.resource["service.namespace"] == "fotbot"


async def test_sql_and_cache_commands_are_spans_that_tell_no_values(
    postgres: PostgresPair, valkey: ValkeyCluster
) -> None:
    database = await postgres.create_database("chassis_telemetry")
    async with receiving() as (receiver, endpoint):
        settings = {
            "OPS_PORT": "0",
            "LISTEN_HOST": "127.0.0.1",
            "OTEL_EXPORTER_OTLP_ENDPOINT": endpoint,
            "DATABASE_URL": database.url("users"),
            "REDIS_URL": valkey.url,
        }
        async with started(settings, "tests.chassis.store_process") as process:
            _, errors = await asyncio.wait_for(process.communicate(), 30)
    assert (process.returncode, errors) == (0, b"")
    [asking] = [span for span in receiver.spans if span.name == "asking"]
    inside = [span for span in receiver.spans if span.trace_id == asking.trace_id]
    told = [attributes(span) for span in inside]
    assert any("SELECT CAST(" in one.get("db.query.text", "") for one in told)
    assert {one.get("db.system.name") for one in told} >= {"postgresql", "redis"}
    assert "90-123" not in str(told)


async def test_what_is_left_is_sent_when_the_process_ends() -> None:
    async with receiving() as (receiver, endpoint):
        async with started({**SETTINGS, "OTEL_EXPORTER_OTLP_ENDPOINT": endpoint}) as process:
            port = (await line(process, "serving gRPC"))["port"]
            async with connect("echo", f"ipv4:127.0.0.1:{port}") as channel:
                with budget(10):
                    await echo_call(channel)(StringValue(value="hello"))
            process.terminate()
            await asyncio.wait_for(process.wait(), 15)
        assert process.returncode == 0
        assert len(receiver.spans) == 1


async def test_a_collector_that_is_away_does_not_keep_the_process_from_ending() -> None:
    settings = {**SETTINGS, "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"}
    async with started(settings) as process:
        port = (await line(process, "serving gRPC"))["port"]
        async with connect("echo", f"ipv4:127.0.0.1:{port}") as channel:
            with budget(10):
                await echo_call(channel)(StringValue(value="hello"))
        process.terminate()
        await asyncio.wait_for(process.wait(), 12)
    assert process.returncode == 0


def test_the_trace_under_way_can_be_kept_as_text_and_linked_to() -> None:
    with trace.use_span(trace.get_current_span(telemetry.parent(TRACEPARENT))):
        kept = telemetry.traceparent()
    assert kept == TRACEPARENT
    [link] = telemetry.link(kept)
    assert f"{link.context.trace_id:032x}" == "a" * 32


@pytest.mark.parametrize(
    "text", [None, "", "nonsense", f"00-{'0' * 32}-{'b' * 16}-01", "00-\ud800"]
)
def test_text_that_is_no_trace_links_to_nothing(text: str | None) -> None:
    assert not telemetry.link(text)


def test_nothing_is_made_for_what_begins_no_trace() -> None:
    with telemetry.span_if_kept("a leaf") as span:
        assert not span.get_span_context().is_valid
        assert not telemetry.traceparent()


def test_a_trace_that_is_not_kept_travels_on_without_spans() -> None:
    with telemetry.span("served", caller=f"{TRACEPARENT[:-2]}00"):
        outer = telemetry.traceparent()
        with telemetry.span("inside") as span, telemetry.span_if_kept("a leaf"):
            assert not span.is_recording()
            assert telemetry.traceparent() == outer == f"{TRACEPARENT[:-2]}00"
            assert not telemetry.kept_traceparent()
            assert not telemetry.is_kept()
    assert not telemetry.traceparent()


def test_a_trace_that_is_not_kept_has_an_id_of_its_own() -> None:
    with telemetry.unkept():
        first = telemetry.traceparent()
    with telemetry.unkept():
        assert telemetry.traceparent() not in {first, ""}


async def test_whether_a_trace_is_kept_is_decided_where_it_begins() -> None:
    async with receiving() as (receiver, endpoint):
        settings = {"OTEL_TRACES_SAMPLER": "parentbased_traceidratio"}
        settings |= {"OTEL_TRACES_SAMPLER_ARG": "0.5", "OTEL_EXPORTER_OTLP_ENDPOINT": endpoint}
        async with started({**SETTINGS, **settings}) as process:
            port = (await line(process, "serving gRPC"))["port"]
            async with connect("echo", f"ipv4:127.0.0.1:{port}") as channel:
                for _ in range(60):
                    with budget(10):
                        await echo_call(channel)(StringValue(value="hello"))
            process.terminate()
            await asyncio.wait_for(process.wait(), 15)
    # As likely to fail as twenty heads in a row.
    assert 5 < len(receiver.spans) < 55
    assert len({span.trace_id for span in receiver.spans}) == len(receiver.spans)
