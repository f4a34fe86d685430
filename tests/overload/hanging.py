"""A service that has stopped answering without having gone."""

from __future__ import annotations

import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.badinput.rough_city import Rough


@asynccontextmanager
async def hanging(rough: Rough, name: str) -> AsyncIterator[None]:
    """Its process is frozen for as long as this lasts."""
    pid = rough.city.supervisor.pid(name)
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)
