"""Loopback ports: which are free, and a clear sentence when a needed one is not."""

from __future__ import annotations

import asyncio
import random
import socket
import time
from collections.abc import Iterable, Mapping

from services.local.process import LOOPBACK

VALKEY_PORTS = range(12_000, 22_000)
"""Node ports whose bus port (10,000 higher) stays below the range the kernel hands out."""


class PortTaken(Exception):
    """Somebody else listens where we have to; the message says what to do."""


def is_free(port: int) -> bool:
    """Could we listen on this loopback port now?"""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """One that the kernel picks."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
    return port


def free_valkey_ports(count: int) -> tuple[int, ...]:
    """Node ports that are free together with their bus ports."""
    tries = random.SystemRandom().sample(VALKEY_PORTS, len(VALKEY_PORTS))
    found = (port for port in tries if is_free(port) and is_free(port + 10_000))
    return tuple(port for _, port in zip(range(count), found, strict=False))


async def require_free(ports: Mapping[str, Iterable[int]], *, patience: float = 3.0) -> None:
    """PortTaken, naming every port that stays taken for `patience` seconds and whom it is for: a
    run that was killed a moment ago still lets go of its own."""
    end = time.monotonic() + patience
    while taken := _taken(ports):
        if time.monotonic() > end:
            raise PortTaken(
                f"taken by another program: {', '.join(taken)}. Stop that program"
                " (`ss -ltnp` shows it; on macOS `lsof -iTCP -sTCP:LISTEN`) and try again."
            )
        await asyncio.sleep(0.1)


def _taken(ports: Mapping[str, Iterable[int]]) -> list[str]:
    return [f"{port} ({name})" for name in ports for port in ports[name] if not is_free(port)]
