"""A signal that any number of tasks may wait for; taking `next()` before looking misses nothing."""

import asyncio


class Bell:
    def __init__(self) -> None:
        self._next = asyncio.Event()

    def next(self) -> asyncio.Event:
        """The event that the next ring sets."""
        return self._next

    def ring(self) -> None:
        self._next.set()
        self._next = asyncio.Event()
