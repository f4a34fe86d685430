"""Latencies in buckets that are never wider than a thousandth of their value, as HdrHistogram has
them: small, mergeable, and exact enough for a p99.9."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Self

DIGITS = 11
"""Bits kept of a value: 2^10 buckets to every doubling."""


class Histogram:
    """Counts of durations, in microseconds inside and seconds outside."""

    def __init__(self, buckets: Mapping[int, int] | None = None) -> None:
        self._buckets: Counter[int] = Counter(buckets or {})

    def __len__(self) -> int:
        return self._buckets.total()

    def note(self, seconds: float) -> None:
        """One more of this length; a negative one counts as none."""
        self._buckets[_bucket(max(0, int(seconds * 1e6)))] += 1

    def add(self, other: Self) -> None:
        """The other's counts too."""
        self._buckets.update(other._buckets)

    def quantile(self, share: float) -> float:
        """Seconds within which this share (0 to 1) was done; nan of nothing."""
        wanted = max(1, math.ceil(share * len(self)))
        seen = 0
        for bucket in sorted(self._buckets):
            seen += self._buckets[bucket]
            if seen >= wanted:
                return _value(bucket) / 1e6
        return math.nan

    def lines(self, shares: Iterable[float] = (0.5, 0.9, 0.99, 0.999, 1.0)) -> list[str]:
        """For a terminal: one line to each share."""
        return [f"p{100 * share:<5g} {1000 * self.quantile(share):10.1f} ms" for share in shares]

    def to_json(self) -> dict[str, int]:
        """Counts by bucket."""
        return {str(bucket): count for bucket, count in sorted(self._buckets.items())}

    @classmethod
    def from_json(cls, told: Mapping[str, int]) -> Self:
        """What `to_json` made."""
        return cls({int(bucket): count for bucket, count in told.items()})


def _bucket(value: int) -> int:
    shift = max(0, value.bit_length() - DIGITS)
    return (shift << (DIGITS - 1)) + (value >> shift)


def _value(bucket: int) -> float:
    """The middle of the bucket."""
    shift = max(0, (bucket >> (DIGITS - 1)) - 1)
    low = (bucket - (shift << (DIGITS - 1))) << shift
    return low + ((1 << shift) - 1) / 2
