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
        self._rate = rate
        self._clock = clock
        self._buckets: OrderedDict[int, _Bucket] = OrderedDict()

    def judge(self, person: int, cluster: Verdict | None) -> Verdict:
        """The verdict on one more update, given the cluster's, or None when it is away."""
        bucket, now = self._bucket(person), self._clock()
        if cluster in (None, Verdict.PASS) and bucket.used + 1 <= self._rate.most:
            bucket.used += 1
            return Verdict.PASS
        if cluster is Verdict.SILENCE or now < bucket.silent_until:
            return Verdict.SILENCE
        bucket.silent_until = now + self._rate.window_ms
        return Verdict.NOTICE

    def _bucket(self, person: int) -> _Bucket:
        now = self._clock()
        bucket = self._buckets.setdefault(person, _Bucket(since=now))
        self._buckets.move_to_end(person)
        if len(self._buckets) > PEOPLE_REMEMBERED:
            self._buckets.popitem(last=False)
        step = self._rate.window_ms / STEPS
        steps = int((now - bucket.since) // step)
        bucket.used = max(0.0, bucket.used - steps * self._rate.most / STEPS)
        bucket.since = bucket.since + steps * step if bucket.used else now
        return bucket
