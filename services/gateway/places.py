"""A handler's place in the features' tables: each handler is measured there, and traced where the
trace is kept."""

import time
from collections.abc import Awaitable, Mapping

from services.chassis import metrics, telemetry
from services.chassis.tallies import Timing
from services.gateway.answers import Answer
from services.gateway.arrivals import Outcome
from services.gateway.metrics import HANDLER_SECONDS


class Place:
    """One row of a feature's table."""

    def __init__(self, feature: str, handler: str) -> None:
        self._labels = (feature, handler)
        self._name = f"{feature} {handler}"
        self._done: Timing | None = None
        """Bound at the first use: most rows are never used in one process's life."""

    def observe(self, answering: Awaitable[Answer]) -> Awaitable[Answer]:
        """The handler's answer, whose time is taken."""
        return self._traced(answering) if telemetry.is_kept() else self._observe(answering)

    async def _traced(self, answering: Awaitable[Answer]) -> Answer:
        with telemetry.span_if_kept(self._name):
            return await self._observe(answering, metrics.exemplar())

    async def _observe(
        self, answering: Awaitable[Answer], exemplar: Mapping[str, str] | None = None
    ) -> Answer:
        started = time.perf_counter()
        try:
            answer = await answering
        except BaseException:
            raised = HANDLER_SECONDS.labels(*self._labels, "raised")
            raised.observe(time.perf_counter() - started, exemplar)
            raise
        if self._done is None:
            self._done = HANDLER_SECONDS.labels(*self._labels, Outcome.DONE)
        self._done.observe(time.perf_counter() - started, exemplar)
        return answer
