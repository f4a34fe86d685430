"""A process from its start to its end, as the one who runs it sees it."""

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from google.protobuf.wrappers_pb2 import StringValue

from services.chassis.client import connect
from services.chassis.deadline import budget
from tests.chassis.echo import echo_call
from tests.eventually import eventually

SETTINGS = {
    "OPS_PORT": "0",
    "GRPC_PORT": "0",
    "LISTEN_HOST": "127.0.0.1",
    "DRAIN_SECONDS": "0.5",
    "ECHO_SECRET": "tumbleweed-of-the-plains",
}


@asynccontextmanager
async def started(
    settings: Mapping[str, str], module: str = "tests.chassis.echo_process"
) -> AsyncIterator[Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        module,
        stdout=PIPE,
        stderr=PIPE,
        env={"PATH": os.environ["PATH"], **settings},
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def line(process: Process, event: str) -> dict[str, Any]:
    """The first log line of this event."""
    assert process.stdout
    async with asyncio.timeout(20):
        async for text in process.stdout:
            parsed: dict[str, Any] = json.loads(text)
            if parsed["event"] == event:
                return parsed
    raise AssertionError(f"no line {event!r}")


async def test_a_process_serves_tells_drains_and_ends_clean() -> None:
    async with started(SETTINGS) as process:
        ops = (await line(process, "started"))["ops_port"]
        grpc_port = (await line(process, "serving gRPC"))["port"]
        async with (
            aiohttp.ClientSession(f"http://127.0.0.1:{ops}") as http,
            connect("echo", f"ipv4:127.0.0.1:{grpc_port}") as channel,
        ):
            with budget(5):
                answer = await echo_call(channel)(StringValue(value="hello"))
            assert answer.value == "hello"

            async def ready(status: int) -> bool:
                async with http.get("/readyz") as answer:
                    return answer.status == status

            await eventually(lambda: ready(200))
            process.send_signal(signal.SIGTERM)
            await eventually(lambda: ready(503))
            async with http.get("/livez") as alive:
                assert alive.status == 200
        _, errors = await asyncio.wait_for(process.communicate(), 10)
    assert process.returncode == 0
    assert errors == b""


async def test_a_log_line_of_a_call_carries_its_trace_and_no_secret() -> None:
    async with started(SETTINGS) as process:
        careless = await line(process, "careless")
        port = (await line(process, "serving gRPC"))["port"]
        async with connect("echo", f"ipv4:127.0.0.1:{port}") as channel:
            with budget(5):
                await echo_call(channel)(StringValue(value="hello"))
        echoing = await line(process, "echoing")
    assert careless["secret"] == "[hidden]"
    assert len(echoing["trace_id"]) == 32


async def test_wrong_settings_are_all_told_at_once() -> None:
    async with started({"OPS_PORT": "many", "GRPC_PORT": "-1"}) as process:
        _, errors = await asyncio.wait_for(process.communicate(), 20)
    assert process.returncode == 2
    for name in (b"OPS_PORT", b"GRPC_PORT", b"ECHO_SECRET is not set"):
        assert name in errors
    assert b"Traceback" not in errors


async def test_a_taken_port_ends_the_process_with_a_reason() -> None:
    async with started(SETTINGS) as first:
        port = (await line(first, "serving gRPC"))["port"]
        async with started({**SETTINGS, "GRPC_PORT": str(port)}) as second:
            reason = await line(second, "ended by an error")
            await asyncio.wait_for(second.wait(), 10)
    assert str(port) in reason["exception"]
    assert second.returncode == 1
