"""Counters and histograms for what happens at every update, shown as prometheus_client's are.

They count in plain numbers, in the event loop's thread alone: a seventh of the time that locked
ones take. What is rare or is counted in other threads stays with prometheus_client's own.
"""

import time
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from math import inf

from prometheus_client import REGISTRY
from prometheus_client.core import CounterMetricFamily, Exemplar, HistogramMetricFamily
from prometheus_client.registry import Collector


class Count:
    """One labelled counter."""

    __slots__ = ("value",)

    def __init__(self) -> None:
        self.value = 0

    def inc(self) -> None:
        """One more."""
        self.value += 1


class Counts(Collector):
    """A counter with labels."""

    def __init__(self, name: str, documentation: str, labels: Sequence[str]) -> None:
        self._about = (name, documentation, None, tuple(labels))
        self._counts: dict[tuple[str, ...], Count] = {}
        REGISTRY.register(self)

    def labels(self, *values: str) -> Count:
        """The counter of these labels; to be kept by who counts often."""
        return self._counts.setdefault(values, Count())

    def collect(self) -> Iterable[CounterMetricFamily]:
        """For the registry."""
        family = CounterMetricFamily(*self._about)
        for values, count in self._counts.items():
            family.add_metric(values, count.value)
        return [family]


class Timing:
    """One labelled histogram. `bounds` are its buckets' upper ones, the last is infinite."""

    __slots__ = ("bounds", "counts", "exemplars", "sum")

    def __init__(self, bounds: Sequence[float]) -> None:
        self.bounds = bounds
        self.counts = [0] * len(bounds)
        self.exemplars: dict[int, Exemplar] = {}
        self.sum = 0.0

    def observe(self, seconds: float, exemplar: Mapping[str, str] | None = None) -> None:
        """One more, with an example of it."""
        bucket = bisect_left(self.bounds, seconds)
        self.counts[bucket] += 1
        self.sum += seconds
        if exemplar:
            self.exemplars[bucket] = Exemplar(dict(exemplar), seconds, time.time())

    def buckets(self) -> list[tuple[str, float] | tuple[str, float, Exemplar]]:
        """Each bound, how many were not above it, and an example."""
        shown: list[tuple[str, float] | tuple[str, float, Exemplar]] = []
        for number, not_above in enumerate(accumulate(self.counts)):
            bound = "+Inf" if self.bounds[number] == inf else repr(self.bounds[number])
            example = self.exemplars.get(number)
            shown.append((bound, not_above, example) if example else (bound, not_above))
        return shown


class Timings(Collector):
    """A histogram of seconds with labels."""

    def __init__(
        self, name: str, documentation: str, labels: Sequence[str], *, buckets: Sequence[float]
    ) -> None:
        self._about = (name, documentation, None, None, tuple(labels))
        self._bounds = (*buckets, inf)
        self._timings: dict[tuple[str, ...], Timing] = {}
        REGISTRY.register(self)

    def labels(self, *values: str) -> Timing:
        """The histogram of these labels; to be kept by who observes often."""
        return self._timings.setdefault(values, Timing(self._bounds))

    def collect(self) -> Iterable[HistogramMetricFamily]:
        """For the registry."""
        family = HistogramMetricFamily(*self._about)
        for values, timing in self._timings.items():
            family.add_metric(values, timing.buckets(), timing.sum)
        return [family]
