"""The sink as a process, and what is asked of it."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Mapping
from contextlib import suppress

from services.local.ports import free_port
from services.local.process import LOOPBACK, Process, answers_http
from services.local.supervisor import Supervisor

QUIET_SECONDS = 0.3
PATIENCE_SECONDS = 60.0


class SinkTelegram:
    """A Bot API on loopback that takes everything."""

    def __init__(self, name: str) -> None:
        self.port = free_port()
        self.url = f"http://{LOOPBACK}:{self.port}"
        self._name = name

    async def start(self, supervisor: Supervisor) -> None:
        """Returns when it answers."""
        await supervisor.start(
            Process(
                name=f"{self._name}-telegram",
                command=(sys.executable, "-m", "tests.load.sink", "--port", str(self.port)),
                env={"PATH": "/usr/bin:/bin"},
                ports={"http": self.port},
                ready=answers_http(self.port, "/counts"),
            )
        )

    async def counts(self) -> Mapping[str, int]:
        """Calls by method since the last reset."""
        told: dict[str, int] = json.loads(await self._get("/counts"))
        return told

    async def answered(self) -> Mapping[int, int]:
        """How often each callback query was answered here."""
        return dict(json.loads(await self._get("/answered")))

    async def reset(self) -> None:
        """Counts from nothing."""
        await self._get("/reset")

    async def quiet(self) -> None:
        """Returns when nobody has called for a moment."""
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE_SECONDS):
                before, now = None, await self.counts()
                while before != now:
                    await asyncio.sleep(QUIET_SECONDS)
                    before, now = now, await self.counts()

    async def _get(self, path: str) -> bytes:
        reader, writer = await asyncio.open_connection(LOOPBACK, self.port, limit=2**28)
        try:
            writer.write(f"GET {path} HTTP/1.1\r\nHost: {LOOPBACK}\r\n\r\n".encode())
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().rpartition(b"content-length: ")[2].split(b"\r\n")[0])
            return await reader.readexactly(length)
        finally:
            writer.close()
