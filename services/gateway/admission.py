"""How many updates one person may send: `most` in a window, all replicas together.

A bucket of `most` that fills again in steps of a sixth of the window: a burst that takes seconds
to arrive meets the whole limit exactly, and who waits a little gets a few more. The cluster's
bucket is in person_memory.py; the one here counts what this process let through, so that without
the cluster, or with it failing in between, the rate stays the same.
"""

import math
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

STEPS = 6
PEOPLE_REMEMBERED = 20_000


class Verdict(IntEnum):
    """What is to be done with an update; the numbers are those of the Lua script."""

    PASS = 0
    NOTICE = 1
    """Refused, and the first refusal in this window: say so once."""

    SILENCE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """`most` updates in `window_ms` milliseconds."""

    most: int
    window_ms: int


@dataclass(slots=True)
class _Bucket:
    since: float
    used: float = 0.0
    silent_until: float = -math.inf


class LocalLimiter:
    """This process's own buckets. `clock` gives milliseconds."""

    def __init__(self, rate: Rate, clock: Callable[[], float]) -> None:
        self._most, self._window = rate.most, rate.window_ms
        self._step = rate.window_ms / STEPS
        self._clock = clock
        self._buckets: OrderedDict[int, _Bucket] = OrderedDict()

    def judge(self, person: int, cluster: Verdict | None) -> Verdict:
        """The verdict on one more update, given the cluster's, or None when it is away."""
        now = self._clock()
        bucket = self._bucket(person, now)
        if bucket.used + 1 <= self._most and not cluster:
            bucket.used += 1
            return Verdict.PASS
        if cluster is Verdict.SILENCE or now < bucket.silent_until:
            return Verdict.SILENCE
        bucket.silent_until = now + self._window
        return Verdict.NOTICE

    def _bucket(self, person: int, now: float) -> _Bucket:
        bucket = self._buckets.get(person)
        if bucket is None:
            bucket = self._buckets[person] = _Bucket(now)
            if len(self._buckets) > PEOPLE_REMEMBERED:
                self._buckets.popitem(last=False)
            return bucket
        self._buckets.move_to_end(person)
        if now - bucket.since >= self._step:
            steps = (now - bucket.since) // self._step
            bucket.used = max(0.0, bucket.used - steps * self._most / STEPS)
            bucket.since += steps * self._step
        if not bucket.used:
            bucket.since = now
        return bucket
