"""The server: what a caller sees when things go well, badly, or end."""

import asyncio
import io
import json
from collections.abc import Iterator
from functools import partial
from typing import Any, cast

import grpc
import pytest
from google.protobuf.wrappers_pb2 import StringValue
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_status import rpc_status
from prometheus_client import REGISTRY

from services.chassis import consistency, logs
from services.chassis.client import connect
from services.chassis.deadline import budget, time_left
from services.chassis.errors import Conflict, Unanswered
from services.chassis.process import Process
from services.chassis.server import LARGEST_MESSAGE, serve, serving
from services.chassis.server_interceptors import InFlight, ServedCalls
from services.chassis.setting_groups import OpsSettings
from services.chassis.settings import load
from services.local.ports import free_port
from tests.chassis.echo import METHOD, SERVICE, Call, bare_client, echo_call, register
from tests.eventually import until


class TeamFull(Conflict):
    reason = "TEAM_FULL"


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    logs.set_up("test", stream)
    yield stream
    logs.set_up("test")


async def echo(text: str) -> str:
    return text


async def fail(text: str) -> str:
    raise LookupError(f"the secret cupboard of {text}")


async def refuse(text: str) -> str:
    raise TeamFull("no free place \ud800", team=text, capacity=5)


async def sleep(text: str) -> str:
    await asyncio.sleep(float(text))
    return text


async def test_a_call_without_a_deadline_is_refused() -> None:
    async with bare_client(echo) as call:
        with pytest.raises(grpc.aio.AioRpcError) as error:
            await call(StringValue(value="hello"))
    assert error.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert b"DEADLINE_REQUIRED" in dict(error.value.trailing_metadata())["grpc-status-details-bin"]


async def test_a_call_with_a_deadline_is_answered_and_leaves_time_for_the_answer() -> None:
    async def left(_text: str) -> str:
        return str(time_left())

    async with bare_client(left) as call:
        answer = await call(StringValue(), timeout=2)
    assert 1.5 < float(answer.value) <= 1.95


async def test_a_refusal_travels_as_error_info() -> None:
    async with bare_client(refuse) as call:
        with pytest.raises(grpc.aio.AioRpcError) as error:
            await call(StringValue(value="reds"), timeout=5)
    assert error.value.code() is grpc.StatusCode.FAILED_PRECONDITION
    status = rpc_status.from_call(cast(grpc.Call, error.value))
    assert status.message == "no free place ?"
    assert b"TEAM_FULL" in status.details[0].value


async def test_a_bug_is_internal_logged_in_one_line_and_not_told(lines: io.StringIO) -> None:
    async with bare_client(fail) as call:
        with pytest.raises(grpc.aio.AioRpcError) as error:
            await call(StringValue(value="bug"), timeout=5)
    assert error.value.code() is grpc.StatusCode.INTERNAL
    assert error.value.details() == "internal error"
    [line] = [json.loads(line) for line in lines.getvalue().splitlines()]
    assert "the secret cupboard of bug" in line["exception"]


async def test_a_service_that_another_one_leaves_waiting_is_unavailable() -> None:
    async def wait_in_vain(_text: str) -> str:
        raise Unanswered("users had no answer")

    async with bare_client(wait_in_vain) as call:
        with pytest.raises(grpc.aio.AioRpcError) as error:
            await call(StringValue(), timeout=5)
    assert error.value.code() is grpc.StatusCode.UNAVAILABLE


@pytest.mark.parametrize("garbage", [b"\xff\xff", b"\n\x02\xc3\x28", b"\n\x05hi"])
async def test_bytes_that_are_no_message_are_the_callers_fault(garbage: bytes) -> None:
    async with (
        serving(partial(register, echo), [SERVICE]) as address,
        grpc.aio.insecure_channel(address) as channel,
    ):
        send: Any = channel.unary_unary(f"/{METHOD}")
        with pytest.raises(grpc.aio.AioRpcError) as error:
            await send(garbage, timeout=5)
    assert error.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert b"MALFORMED" in dict(error.value.trailing_metadata())["grpc-status-details-bin"]


async def test_an_unknown_method_is_unimplemented() -> None:
    async with (
        serving(partial(register, echo), [SERVICE]) as address,
        grpc.aio.insecure_channel(address) as channel,
    ):
        send: Any = channel.unary_unary(f"/{SERVICE}/Shout")
        with pytest.raises(grpc.aio.AioRpcError) as error:
            await send(b"", timeout=5)
    assert error.value.code() is grpc.StatusCode.UNIMPLEMENTED


async def test_a_message_over_one_mebibyte_is_refused() -> None:
    async with bare_client(echo) as call:
        with pytest.raises(grpc.aio.AioRpcError) as error:
            await call(StringValue(value="x" * LARGEST_MESSAGE), timeout=5)
    assert error.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED


async def test_a_caller_that_gives_up_ends_the_work() -> None:
    ended = asyncio.Event()

    async def work(_text: str) -> str:
        try:
            await asyncio.sleep(60)
        finally:
            ended.set()
        return "never"

    async with bare_client(work) as call:
        with pytest.raises(grpc.aio.AioRpcError):
            await call(StringValue(), timeout=0.2)
        await asyncio.wait_for(ended.wait(), 5)


@pytest.mark.parametrize("position", ["", "-5", "nonsense", "9" * 40, "1.5"])
async def test_a_position_that_is_none_asks_for_nothing(position: str) -> None:
    async def asked(_text: str) -> str:
        return str(consistency.asked())

    async with bare_client(asked) as call:
        metadata = grpc.aio.Metadata((consistency.METADATA_KEY, position))
        answer = await call(StringValue(), timeout=5, metadata=metadata)
    assert answer.value == "0"


async def test_a_written_position_comes_back_with_answers_and_with_refusals() -> None:
    async def write(text: str) -> str:
        consistency.note_written(int(text))
        if text == "8":
            raise TeamFull("full")
        return text

    async with bare_client(write) as call:
        sent = call(StringValue(value="7"), timeout=5)
        await sent
        assert ("fotbot-position", "7") in tuple(await sent.trailing_metadata())
        with pytest.raises(grpc.aio.AioRpcError) as error:
            await call(StringValue(value="8"), timeout=5)
    assert ("fotbot-position", "8") in tuple(error.value.trailing_metadata())


async def test_served_calls_are_counted_by_method_and_code() -> None:
    def served(code: str) -> float:
        labels = {"method": METHOD, "code": code}
        return REGISTRY.get_sample_value("fotbot_rpc_served_seconds_count", labels) or 0

    before = served("FAILED_PRECONDITION")
    async with bare_client(refuse) as call:
        with pytest.raises(grpc.aio.AioRpcError):
            await call(StringValue(), timeout=5)
    assert served("FAILED_PRECONDITION") == before + 1
    assert REGISTRY.get_sample_value("fotbot_rpc_served_in_flight") == 0


async def test_health_is_told_by_service_name_and_needs_no_deadline() -> None:
    async with (
        serving(partial(register, echo), [SERVICE]) as address,
        grpc.aio.insecure_channel(address) as channel,
    ):
        stub: Any = health_pb2_grpc.HealthStub(channel)
        answer = await stub.Check(health_pb2.HealthCheckRequest(service=SERVICE))
    assert answer.status == health_pb2.HealthCheckResponse.SERVING


async def test_a_crowd_beyond_the_limit_is_sent_elsewhere() -> None:
    gate = asyncio.Event()

    async def wait(text: str) -> str:
        await gate.wait()
        return text

    in_flight = InFlight(most=2)
    server = grpc.aio.server(interceptors=[ServedCalls(in_flight)])
    register(wait, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        call = echo_call(channel)
        served = [asyncio.ensure_future(call(StringValue(), timeout=10)) for _ in range(2)]
        await until(lambda: in_flight.count == 2)
        with pytest.raises(grpc.aio.AioRpcError) as error:
            await call(StringValue(), timeout=10)
        gate.set()
        await asyncio.gather(*served)
    await server.stop(0)
    assert error.value.code() is grpc.StatusCode.UNAVAILABLE


def quick_process(drain: str = "0.3") -> Process:
    environ = {"DRAIN_SECONDS": drain, "LISTEN_HOST": "127.0.0.1"}
    return Process("echo", load(OpsSettings, environ))


async def test_a_taken_port_is_an_error_not_a_shared_port() -> None:
    async with serving(partial(register, echo), [SERVICE]) as address:
        port = int(address.rpartition(":")[2])
        with pytest.raises(RuntimeError):
            await serve(quick_process(), port, partial(register, echo), [])


async def test_clients_are_called_in_only_once_the_process_is_ready() -> None:
    process, port, migrated = quick_process(), free_port(), asyncio.Event()

    async def schema() -> bool:
        return migrated.is_set()

    process.health.require("schema", schema)
    server = asyncio.create_task(serve(process, port, partial(register, echo), [SERVICE]))
    async with connect("echo", f"ipv4:127.0.0.1:{port}") as channel:
        call = echo_call(channel)
        with pytest.raises(Unanswered), budget(0.5):
            await call(StringValue(value="early"))
        migrated.set()
        with budget(5):
            assert (await call(StringValue(value="now"))).value == "now"
        process.stop()
        await server


async def test_a_process_that_stops_finishes_the_calls_under_way() -> None:
    process, port = quick_process(), free_port()
    server = asyncio.create_task(serve(process, port, partial(register, sleep), [SERVICE]))
    async with connect("echo", f"ipv4:127.0.0.1:{port}") as channel:
        with budget(5):
            call = asyncio.ensure_future(echo_call(channel)(StringValue(value="1.0")))
            await until(lambda: REGISTRY.get_sample_value("fotbot_rpc_served_in_flight") == 1)
            process.stop()
            assert (await call).value == "1.0"
        await server


# Without any drain the client's retries make up for it.
@pytest.mark.parametrize("drain", ["0.3", "0"])
async def test_rolling_restarts_lose_no_call(drain: str) -> None:
    ports = [free_port(), free_port()]
    done, failed = 0, []
    going = True

    async def caller(call: Call) -> None:
        nonlocal done
        while going:
            try:
                with budget(3):
                    await call(StringValue(value="0.005"))
                done += 1
            except Exception as error:
                failed.append(error)

    async def some_calls() -> None:
        wanted = done + 50
        await until(lambda: done >= wanted)

    async def run(port: int) -> tuple[Process, asyncio.Task[None]]:
        process = quick_process(drain)
        task = asyncio.create_task(serve(process, port, partial(register, sleep), [SERVICE]))
        await until(lambda: process.has_started)
        return process, task

    running = [await run(port) for port in ports]
    target = "ipv4:" + ",".join(f"127.0.0.1:{port}" for port in ports)
    async with connect("echo", target) as channel:
        callers = [asyncio.create_task(caller(echo_call(channel))) for _ in range(10)]
        for turn in range(4):
            await some_calls()
            process, task = running[turn % 2]
            process.stop()
            await task
            running[turn % 2] = await run(ports[turn % 2])
        going = False
        await asyncio.gather(*callers)
    for process, task in running:
        process.stop()
        await task
    assert failed == []
