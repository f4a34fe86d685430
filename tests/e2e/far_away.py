"""A long way, put into a wire: everything arrives half a round trip after it was sent."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from services.local.process import LOOPBACK

CHUNK = 65536


@asynccontextmanager
async def far_away(port: int, round_trip: float) -> AsyncIterator[int]:
    """Another port of this machine that leads to `port`, `round_trip` seconds away and back."""
    tasks: set[asyncio.Task[None]] = set()

    async def called(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there = await asyncio.open_connection(LOOPBACK, port)
        for source, target in ((reader, there[1]), (there[0], writer)):
            task = asyncio.create_task(_carry(source, target, round_trip / 2))
            tasks.add(task)
            task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(called, LOOPBACK, 0)
    try:
        yield int(server.sockets[0].getsockname()[1])
    finally:
        server.close()
        for task in tuple(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _carry(
    source: asyncio.StreamReader, target: asyncio.StreamWriter, seconds: float
) -> None:
    """In the order it came; reading goes on while what was read is on its way."""
    under_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

    async def read() -> None:
        with suppress(OSError):
            while data := await source.read(CHUNK):
                under_way.put_nowait((time.monotonic() + seconds, data))
        under_way.put_nowait((time.monotonic() + seconds, b""))

    reading = asyncio.create_task(read())
    try:
        with suppress(OSError):
            while True:
                due, data = await under_way.get()
                await asyncio.sleep(due - time.monotonic())
                if not data:
                    break
                target.write(data)
                await target.drain()
    finally:
        reading.cancel()
        target.close()
