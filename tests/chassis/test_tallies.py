"""Plain counters and histograms: the registry shows them as prometheus_client's own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from services.chassis.tallies import Counts, Timings

BUCKETS = (0.1, 1.0)
MOMENTS = (0.05, 0.1, 0.5, 3.0)


@pytest.fixture(name="theirs")
def their_registry() -> CollectorRegistry:
    return CollectorRegistry()


@pytest.fixture(name="forgets")
def forgetting() -> Iterator[list[Collector]]:
    made: list[Collector] = []
    yield made
    for collector in made:
        REGISTRY.unregister(collector)


def shown(collector: Collector) -> list[str]:
    """Its lines, without when it was created."""
    registry = CollectorRegistry()
    registry.register(collector)
    encode, _ = choose_encoder("application/openmetrics-text")
    return [line for line in encode(registry).decode().splitlines() if "_created" not in line]


def test_a_counter_is_shown_as_prometheus_clients_own(
    theirs: CollectorRegistry, forgets: list[Collector]
) -> None:
    ours = Counts("fotbot_tried", "Tries.", ["kind", "end"])
    forgets.append(ours)
    own = Counter("fotbot_tried", "Tries.", ["kind", "end"], registry=theirs)
    for kind in ("a", "b", "a"):
        ours.labels(kind, "well").inc()
        own.labels(kind, "well").inc()
    assert shown(ours) == shown(own)
    labels = {"kind": "a", "end": "well"}
    assert REGISTRY.get_sample_value("fotbot_tried_total", labels) == 2


def test_a_histogram_is_shown_as_prometheus_clients_own(
    theirs: CollectorRegistry, forgets: list[Collector]
) -> None:
    ours = Timings("fotbot_took", "Times.", ["end"], buckets=BUCKETS)
    forgets.append(ours)
    own = Histogram("fotbot_took", "Times.", ["end"], buckets=BUCKETS, registry=theirs)
    for moment in MOMENTS:
        ours.labels("well").observe(moment)
        own.labels("well").observe(moment)
    assert shown(ours) == shown(own)


def test_a_histogram_shows_the_last_example_of_a_bucket(forgets: list[Collector]) -> None:
    ours = Timings("fotbot_took", "Times.", ["end"], buckets=BUCKETS)
    forgets.append(ours)
    for trace in ("one", "other"):
        ours.labels("well").observe(0.5, {"trace_id": trace})
    [line] = [line for line in shown(ours) if "# {" in line]
    assert line.startswith('fotbot_took_bucket{end="well",le="1.0"} 2')
    assert '{trace_id="other"} 0.5' in line
