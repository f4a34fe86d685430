"""One observation per update, from the webhook to its answer; a span where its trace is kept.

A log line costs more than the rest of an update's way through here, so only what did not end well
or belongs to a kept trace gets one; metrics count them all.
"""

import time
from functools import cache
from types import TracebackType
from typing import Self

import structlog
from opentelemetry.trace import SpanKind

from services.chassis import metrics, telemetry
from services.chassis.tallies import Count, Timing
from services.gateway.arrivals import Outcome
from services.gateway.incoming import Incoming, Kind
from services.gateway.metrics import UPDATE_SECONDS, UPDATES

USUAL = frozenset({Outcome.DONE, Outcome.IGNORED, Outcome.REPEATED})

log = structlog.get_logger(__name__)


class Observed:
    """Around an update's handling; set its outcome before the end."""

    __slots__ = ("_incoming", "_span", "_spanning", "_started", "outcome")

    def __init__(self, incoming: Incoming) -> None:
        self._incoming = incoming
        self.outcome = Outcome.BROKEN

    def __enter__(self) -> Self:
        self._started = time.perf_counter()
        self._spanning = telemetry.root("webhook", SpanKind.SERVER)
        self._span = self._spanning.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        updates, seconds = _bound(self._incoming.kind, self.outcome)
        updates.inc()
        is_kept = self._span.is_recording()
        exemplar = metrics.exemplar() if is_kept else None
        seconds.observe(time.perf_counter() - self._started, exemplar)
        if is_kept:
            self._span.set_attribute("fotbot.update.id", self._incoming.update_id)
            self._span.set_attribute("fotbot.update.kind", self._incoming.kind.value)
            self._span.set_attribute("fotbot.update.outcome", self.outcome.value)
        if is_kept or self.outcome not in USUAL:
            log.info(
                "an update was answered",
                update_id=self._incoming.update_id,
                kind=self._incoming.kind.value,
                outcome=self.outcome.value,
            )
        self._spanning.__exit__(kind, error, traceback)


@cache
def _bound(kind: Kind, outcome: Outcome) -> tuple[Count, Timing]:
    labels = (kind.value, outcome.value)
    return UPDATES.labels(*labels), UPDATE_SECONDS.labels(*labels)
