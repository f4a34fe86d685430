"""One span, one log line and one observation per update, from the webhook to its answer."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog
from opentelemetry.trace import SpanKind

from services.chassis import metrics, telemetry
from services.gateway.arrivals import Outcome
from services.gateway.incoming import Incoming
from services.gateway.metrics import UPDATE_SECONDS, UPDATES

log = structlog.get_logger(__name__)


@contextmanager
def update_span(incoming: Incoming) -> Iterator[Callable[[Outcome], None]]:
    """Around an update's handling; what it yields is told the outcome."""
    started = time.perf_counter()
    told = {"update_id": incoming.update_id, "kind": incoming.kind.value}
    attributes = {"fotbot.update.id": incoming.update_id, "fotbot.update.kind": incoming.kind.value}
    with telemetry.tracer().start_as_current_span(
        "webhook", kind=SpanKind.SERVER, attributes=attributes
    ) as span:

        def ended(outcome: Outcome) -> None:
            span.set_attribute("fotbot.update.outcome", outcome.value)
            UPDATES.labels(incoming.kind.value, outcome.value).inc()
            log.info("an update was answered", **told, outcome=outcome.value)
            metrics.observe(UPDATE_SECONDS, time.perf_counter() - started, outcome.value)

        yield ended
