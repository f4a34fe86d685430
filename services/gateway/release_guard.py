"""Tells a bad release from a bad input: many people's updates raising in one process.

Over 5 % of a minute's updates raising, of 20 people or more: for a minute the process is unready
and its updates go to another one. A single person can never bring this about.
"""

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog

from services.gateway.metrics import RELEASE_IS_BAD

WINDOW_SECONDS = 60.0
BAD_SHARE = 0.05
BAD_PEOPLE = 20
REST_SECONDS = 60.0

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Second:
    at: int
    updates: int = 0
    raised: int = 0
    people: set[int] = field(default_factory=set)


class ReleaseGuard:
    """Watches one process. `clock` is monotonic, in seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._seconds: deque[_Second] = deque()
        self._bad_until = -math.inf

    def is_bad(self) -> bool:
        """True for a minute after the handlers raised too often."""
        if self._bad_until == -math.inf:
            return False
        bad = self._clock() < self._bad_until
        RELEASE_IS_BAD.set(bad)
        if not bad:
            self._bad_until = -math.inf
        return bad

    def is_good(self) -> bool:
        """For readiness."""
        return not self.is_bad()

    def note(self, person: int, *, raised: bool) -> None:
        """One update was handled."""
        second = self._this_second()
        second.updates += 1
        if raised:
            second.raised += 1
            second.people.add(person)
            self._judge()

    def _this_second(self) -> _Second:
        now, seconds = int(self._clock()), self._seconds
        if not seconds or seconds[-1].at != now:
            seconds.append(_Second(at=now))
            while seconds[0].at <= now - WINDOW_SECONDS:
                seconds.popleft()
        return seconds[-1]

    def _judge(self) -> None:
        updates = sum(second.updates for second in self._seconds)
        raised = sum(second.raised for second in self._seconds)
        people = set[int]().union(*(second.people for second in self._seconds))
        if raised > BAD_SHARE * updates and len(people) >= BAD_PEOPLE:
            log.error("handlers raise too often, this release is bad", raised=raised, of=updates)
            self._bad_until = self._clock() + REST_SECONDS
            self._seconds.clear()
