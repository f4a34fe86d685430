"""Work that an answer does not wait for, but the process's end does."""

import asyncio
import contextvars
from collections.abc import Coroutine
from typing import Any

import structlog
from opentelemetry import context as tracing

log = structlog.get_logger(__name__)


class Background:
    """Tasks under way. Each must end by itself: give it a deadline."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Future[None]] = set()

    def start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Runs `work` in the trace under way, but outside its caller's time budget; an exception
        of it is logged and goes no further."""
        fresh = contextvars.Context()
        fresh.run(tracing.attach, tracing.get_current())
        task = asyncio.create_task(work, context=fresh)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def follow(self, work: "asyncio.Future[None]") -> None:
        """The end waits for what is under way elsewhere, too; its outcome is nobody's here."""
        self._tasks.add(work)
        work.add_done_callback(self._tasks.discard)

    async def drain(self, seconds: float) -> None:
        """Waits for all of it; what still runs after `seconds` is cancelled."""
        if self._tasks:
            _, late = await asyncio.wait(set(self._tasks), timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def _ended(self, task: "asyncio.Future[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("work in the background failed", exc_info=error)
