"""What may be supervised: a process as a value, and the ways to ask it whether it is ready.

Nothing here starts anything; ward.py keeps one process alive, supervisor.py all of them.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

LOOPBACK = "127.0.0.1"

Ready = Callable[[], Awaitable[bool]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """One long-running command, and how to know and how to end it."""

    name: str
    command: tuple[str, ...]

    env: Mapping[str, str]
    """The whole environment: nothing is inherited, so a secret reaches only whom it is for."""

    ports: Mapping[str, int] = field(default_factory=dict)
    """What it listens on, by purpose: {"http": 8080}. All on loopback."""

    ready: Ready
    """Asked until true after each start. Never raises."""

    before: Callable[[], Awaitable[None]] | None = None
    """Done before every start, the ones after a death included."""

    stop_signal: signal.Signals = signal.SIGTERM
    patience: float = 8.0
    """Seconds between the stop signal and SIGKILL."""

    orphan_signal: signal.Signals = signal.SIGKILL
    """What the kernel sends it when the supervisor itself is killed (Linux)."""


def answers_http(port: int, path: str = "/readyz", *, timeout: float = 2.0) -> Ready:
    """Ready when GET `path` on the loopback `port` answers 200 within `timeout` seconds."""

    async def ready() -> bool:
        try:
            return await asyncio.wait_for(_status(port, path), timeout) == 200
        except (OSError, TimeoutError, ValueError):
            return False

    return ready


async def _status(port: int, path: str) -> int:
    reader, writer = await asyncio.open_connection(LOOPBACK, port)
    try:
        writer.write(f"GET {path} HTTP/1.0\r\nHost: {LOOPBACK}\r\n\r\n".encode())
        line = await reader.readline()
        return int(line.split()[1]) if len(line.split()) > 1 else 0
    finally:
        await _close(writer)


async def _close(writer: asyncio.StreamWriter) -> None:
    writer.close()
    try:
        await writer.wait_closed()
    except OSError:
        return  # The other side was quicker; there is nothing left to close.
