"""What `helm test` runs in the cluster, run here as the pods have it, against stand-ins."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from tests.helm.chart import environment, named, rendered


@asynccontextmanager
async def _answering(status: int) -> AsyncIterator[str]:
    """A server that answers everything so; yields its address."""

    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=status, text="as told")

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def _run(check: str, over: Mapping[str, str]) -> tuple[int | None, str]:
    pod = named(rendered("default"), "Pod", f"fotbot-test-{check}")
    [container] = pod["spec"]["containers"]
    given = {name: one["value"] for name, one in environment(container).items()}
    assert over.keys() <= given.keys()
    _, *arguments = container["command"]
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *arguments,
        env={**os.environ, **given, **over},
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await process.communicate()
    return process.returncode, said.decode()


@pytest.mark.parametrize(("status", "code"), [(401, 0), (403, 0), (200, 1), (404, 1), (503, 1)])
async def test_a_wrong_secret_has_to_be_refused(status: int, code: int) -> None:
    async with _answering(status) as address:
        assert (await _run("webhook", {"GATEWAY": address}))[0] == code


async def test_every_pod_has_to_be_ready() -> None:
    async with _answering(200) as address:
        assert await _run("ready", {"PODS": address}) == (0, "1 of 1 pods are ready\n")


async def test_one_that_is_not_is_told_with_its_reason() -> None:
    async with _answering(503) as address:
        code, said = await _run("ready", {"PODS": address})
    assert code == 1
    assert "127.0.0.1 503 as told" in said
