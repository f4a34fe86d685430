"""Loopback ports: which are free, and a clear sentence when a needed one is not."""

from __future__ import annotations

import asyncio
import random
import socket
import time
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice

from services.local.process import LOOPBACK

VALKEY_PORTS = range(12_000, 22_000)
"""Node ports whose bus port (10,000 higher) stays below the range the kernel hands out."""


TEST_PORTS = range(10_000, 12_000)


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
    """A port for a test, ours until this process ends, outside the range from which the kernel
    picks the near end of a connection: whoever knocks there while its server is away would now and
    then get that very port, talk to himself and keep the server from coming back."""
    return next(port for port in _shuffled(TEST_PORTS) if is_free(port) and _reserve(port))


def free_valkey_ports(count: int) -> tuple[int, ...]:
    """Node ports that are free together with their bus ports; ours until this process ends."""
    found = (p for p in _shuffled(VALKEY_PORTS) if is_free(p) and is_free(p + 10_000))
    return tuple(islice(filter(_reserve, found), count))


_reserved: list[socket.socket] = []


def _reserve(port: int) -> bool:
    """Its UDP twin, held open, tells other processes that somebody will listen here soon: a system
    takes seconds from choosing its ports to listening on them."""
    twin = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        twin.bind((LOOPBACK, port))
    except OSError:
        twin.close()
        return False
    _reserved.append(twin)
    return True


def _shuffled(ports: range) -> Sequence[int]:
    """Another order in each process, whatever seed a test run has set."""
    return random.SystemRandom().sample(ports, len(ports))


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
