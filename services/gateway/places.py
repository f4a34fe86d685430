"""A handler's place in the features' tables: each handler is measured there, and traced where the
trace is kept."""

import time
from collections.abc import Awaitable

from prometheus_client import Histogram

from services.chassis import metrics, telemetry
from services.gateway.answers import Answer
from services.gateway.arrivals import Outcome
from services.gateway.metrics import HANDLER_SECONDS


class Place:
    """One row of a feature's table."""

    def __init__(self, feature: str, handler: str) -> None:
        self._labels = (feature, handler)
        self._name = f"{feature} {handler}"
        self._done: Histogram | None = None
        """Bound at the first use: most rows are never used in one process's life."""

    async def observe(self, answering: Awaitable[Answer]) -> Answer:
        """Waits for the handler's answer and takes its time."""
        started = time.perf_counter()
        with telemetry.span_if_kept(self._name):
            try:
                answer = await answering
            except BaseException:
                seconds = time.perf_counter() - started
                metrics.observe(HANDLER_SECONDS, seconds, *self._labels, "raised")
                raise
            if self._done is None:
                self._done = HANDLER_SECONDS.labels(*self._labels, Outcome.DONE)
            metrics.observe(self._done, time.perf_counter() - started)
        return answer
