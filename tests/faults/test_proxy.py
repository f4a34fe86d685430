"""The proxy does to a connection what its name says."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from services.local.process import LOOPBACK
from tests.faults.proxy import Proxy

SHORT = 0.2


class Echo:
    """A server that says everything back, and remembers it."""

    def __init__(self) -> None:
        self.heard = b""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(1000):
                self.heard += data
                writer.write(data)
                await writer.drain()
        except OSError:
            return
        finally:
            writer.close()


Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@pytest_asyncio.fixture
async def echo() -> AsyncIterator[tuple[Echo, Proxy, Line]]:
    """A server, the proxy before it, a connection through it."""
    server = Echo()
    listening = await asyncio.start_server(server.serve, LOOPBACK, 0)
    proxy = Proxy(listening.sockets[0].getsockname()[1])
    await proxy.start()
    line = await asyncio.open_connection(LOOPBACK, proxy.port)
    yield server, proxy, line
    line[1].close()
    await proxy.stop()
    listening.close()


async def said(line: Line, words: bytes, seconds: float = 5.0) -> bytes:
    """The answer; TimeoutError when there is none."""
    line[1].write(words)
    return await asyncio.wait_for(line[0].read(1000), seconds)


async def test_latency_is_added_each_way(echo: tuple[Echo, Proxy, Line]) -> None:
    _, proxy, line = echo
    assert await said(line, b"hello") == b"hello"
    proxy.weather.latency = SHORT
    began = time.monotonic()
    assert await said(line, b"hello") == b"hello"
    assert time.monotonic() - began >= 2 * SHORT


async def test_a_cut_ends_every_connection_and_a_new_one_passes(
    echo: tuple[Echo, Proxy, Line],
) -> None:
    _, proxy, line = echo
    assert await said(line, b"hello") == b"hello"
    assert proxy.cut() == 1
    with pytest.raises(ConnectionResetError):
        await said(line, b"hello")
    other = await asyncio.open_connection(LOOPBACK, proxy.port)
    assert await said(other, b"hello") == b"hello"
    other[1].close()


async def test_a_half_open_connection_says_nothing_and_does_not_end(
    echo: tuple[Echo, Proxy, Line],
) -> None:
    server, proxy, line = echo
    assert await said(line, b"hello") == b"hello"
    proxy.freeze()
    with pytest.raises(TimeoutError):
        await said(line, b"again", SHORT)
    assert server.heard == b"hello"
    proxy.heal()


async def test_a_commit_that_is_cut_reaches_the_server_and_nobody_hears_of_it(
    echo: tuple[Echo, Proxy, Line],
) -> None:
    server, proxy, line = echo
    proxy.cut_commits(1)
    with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
        line[1].write(b"Q....COMMIT;\0")
        await line[0].readexactly(1)
    assert b"COMMIT" in server.heard
    assert proxy.commits_cut == 1
    other = await asyncio.open_connection(LOOPBACK, proxy.port)
    assert await said(other, b"COMMIT") == b"COMMIT"
    other[1].close()


async def test_who_is_refused_is_cut_at_once(echo: tuple[Echo, Proxy, Line]) -> None:
    _, proxy, _ = echo
    proxy.refuse()
    other = await asyncio.open_connection(LOOPBACK, proxy.port)
    with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
        await other[0].readexactly(1)
    other[1].close()
