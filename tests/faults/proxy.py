"""A TCP proxy on loopback that can be slow, cut, silent, or gone at the worst moment."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field

from services.local.process import LOOPBACK

CHUNK = 65536
RETRANSMISSION_SECONDS = 0.2
"""What a lost packet costs at the least."""
COMMIT = b"COMMIT"


@dataclass(slots=True)
class Weather:
    """What befalls everything that passes from now on."""

    latency: float = 0.0
    """Seconds, each way."""
    loss: float = 0.0
    """Share of the chunks that come later by a retransmission."""
    refuses: bool = False
    """New connections are cut at once."""
    flows: asyncio.Event = field(default_factory=asyncio.Event)
    """Clear: nothing passes, nobody is told (a half-open socket)."""

    async def delay(self) -> None:
        """Returns when the next chunk may pass."""
        late = RETRANSMISSION_SECONDS if self.loss and random.random() < self.loss else 0.0
        if self.latency or late:
            await asyncio.sleep(self.latency + late)
        await self.flows.wait()


class Proxy:
    """Stands before one server."""

    def __init__(self, target: int) -> None:
        self.port = 0
        self.weather = Weather()
        self.weather.flows.set()
        self.commits_cut = 0
        """How many commits were passed on whose answer nobody got."""
        self._target = target
        self._to_cut = 0
        self._lines: set[_Line] = set()
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Listens on a port of its own."""
        self._server = await asyncio.start_server(self._accept, LOOPBACK, 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Everything that it carried is cut."""
        if self._server is not None:
            self._server.close()
        self.weather.flows.set()
        self.cut()
        await asyncio.gather(*(line.over.wait() for line in list(self._lines)))

    def cut(self) -> int:
        """Every connection ends, with a reset. Answers how many there were."""
        lines = list(self._lines)
        for line in lines:
            line.abort()
        return len(lines)

    def refuse(self) -> None:
        """As if nobody listened behind it: all is cut, and what comes is cut too."""
        self.weather.refuses = True
        self.cut()

    def freeze(self) -> None:
        """Nothing passes any more, in either direction, and no connection ends."""
        self.weather.flows.clear()

    def heal(self) -> None:
        """All is well again. What was frozen is cut: its other end has long gone."""
        was_frozen = not self.weather.flows.is_set()
        self.weather.latency = self.weather.loss = 0.0
        self.weather.refuses = False
        self._to_cut = 0
        if was_frozen:
            self.cut()
        self.weather.flows.set()

    def cut_commits(self, count: int) -> None:
        """The next so many COMMITs reach the server and are carried out; the connection is cut
        before the answer comes back."""
        self._to_cut = count

    def takes_commit(self, data: bytes) -> bool:
        """Whether the answer to this is to be swallowed."""
        if self._to_cut and COMMIT in data:
            self._to_cut -= 1
            return True
        return False

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.weather.refuses:
            writer.transport.abort()
            return
        try:
            theirs = await asyncio.open_connection(LOOPBACK, self._target)
        except OSError:
            writer.transport.abort()
            return
        line = _Line(self, (reader, writer), theirs)
        self._lines.add(line)
        try:
            await line.carry()
        finally:
            self._lines.discard(line)


Ends = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class _Line:
    """One connection through the proxy."""

    def __init__(self, proxy: Proxy, client: Ends, server: Ends) -> None:
        self._proxy = proxy
        self._client, self._server = client, server
        self._swallows = False
        self.over = asyncio.Event()
        self._pumps: list[asyncio.Task[None]] = []

    async def carry(self) -> None:
        """Until one end has gone."""
        client, server = self._client, self._server
        self._pumps = [
            asyncio.create_task(self._pump(client[0], server[1], self._look)),
            asyncio.create_task(self._pump(server[0], client[1], self._swallow)),
        ]
        try:
            await asyncio.wait(self._pumps, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.abort()
            await asyncio.gather(*self._pumps, return_exceptions=True)
            self.over.set()

    def abort(self) -> None:
        """Both ends are cut."""
        for pump in self._pumps:
            pump.cancel()
        for _, writer in (self._client, self._server):
            writer.transport.abort()

    async def _pump(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        seen: Callable[[bytes], Awaitable[bool]],
    ) -> None:
        with suppress(OSError):
            while data := await reader.read(CHUNK):
                await self._proxy.weather.delay()
                if not await seen(data):
                    return
                writer.write(data)
                await writer.drain()

    async def _look(self, data: bytes) -> bool:
        self._swallows = self._swallows or self._proxy.takes_commit(data)
        return True

    async def _swallow(self, _data: bytes) -> bool:
        if self._swallows:
            self._proxy.commits_cut += 1
        return not self._swallows
