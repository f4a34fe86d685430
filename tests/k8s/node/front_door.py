"""The way to the gateway's pods: each new connection goes to the next one that is ready, as a
Service's address or an ingress would have it."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress

from services.local.process import LOOPBACK

PORT = 8080


@asynccontextmanager
async def front_door(pods: Callable[[], Sequence[str]]) -> AsyncIterator[int]:
    """A port of this machine that leads to them."""
    turn, under_way = itertools.count(), set[asyncio.Task[None]]()

    async def called(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for _ in range(20):
            ready = pods()
            try:
                there = await asyncio.wait_for(
                    asyncio.open_connection(ready[next(turn) % len(ready)], PORT), 1.0
                )
                break
            except (OSError, TimeoutError, ZeroDivisionError):
                await asyncio.sleep(0.1)
        else:
            writer.close()
            return
        for source, target in ((reader, there[1]), (there[0], writer)):
            task = asyncio.create_task(_carry(source, target))
            under_way.add(task)
            task.add_done_callback(under_way.discard)

    server = await asyncio.start_server(called, LOOPBACK, 0)
    try:
        yield int(server.sockets[0].getsockname()[1])
    finally:
        server.close()
        for task in tuple(under_way):
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)


async def _carry(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await source.read(65536):
            target.write(data)
            await target.drain()
    target.close()
