"""What happens is told to every open page at once; nothing here is kept."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

MOST_WAITING = 1000
Event = dict[str, Any]


@dataclass(slots=True)
class Events:
    """A listener that falls behind by MOST_WAITING events is cut off: it has to start afresh."""

    _listeners: set[asyncio.Queue[Event | None]] = field(default_factory=set)

    def publish(self, event: Event) -> None:
        for queue in list(self._listeners):
            if queue.qsize() >= MOST_WAITING:
                self._end(queue)
            else:
                queue.put_nowait(event)

    async def listen(self) -> AsyncIterator[Event]:
        with self._listener() as queue:
            while (event := await queue.get()) is not None:
                yield event

    def close(self) -> None:
        """End every listener, so that no open page keeps the process from stopping."""
        for queue in list(self._listeners):
            self._end(queue)

    def _end(self, queue: asyncio.Queue[Event | None]) -> None:
        self._listeners.discard(queue)
        while not queue.empty():
            queue.get_nowait()
        queue.put_nowait(None)

    @contextmanager
    def _listener(self) -> Any:
        queue: asyncio.Queue[Event | None] = asyncio.Queue()
        self._listeners.add(queue)
        try:
            yield queue
        finally:
            self._listeners.discard(queue)
