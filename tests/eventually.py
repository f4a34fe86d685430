"""Waiting for a condition: the only place where tests poll."""

import asyncio
from collections.abc import Awaitable, Callable

POLL_SECONDS = 0.01


async def eventually(
    holds: Callable[[], Awaitable[bool]], seconds: float = 10.0, *, every: float = POLL_SECONDS
) -> None:
    """Return as soon as `holds` answers true; TimeoutError when it does not within `seconds`."""
    async with asyncio.timeout(seconds):
        while not await holds():  # noqa: ASYNC110 - what is watched is outside this process
            await asyncio.sleep(every)


async def until(condition: Callable[[], bool], timeout: float = 10.0) -> None:
    """The same for a condition that need not be awaited."""

    async def holds() -> bool:
        return condition()

    await eventually(holds, timeout)
