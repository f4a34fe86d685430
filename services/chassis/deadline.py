"""The time budget of the work under way: set once at the edge, it only ever shrinks.

The server interceptor sets it from the caller's deadline, the client interceptor spends it.
"""

import time
from contextlib import AbstractContextManager
from contextvars import ContextVar


class NoDeadline(Exception):
    """Something was called out to without a budget: a bug, since every outgoing call has one."""


# A moment of time.monotonic().
_ends: ContextVar[float | None] = ContextVar("deadline_ends", default=None)


class _Budget:
    """Around work. A class and not a generator: it surrounds every call."""

    __slots__ = ("_seconds", "_token")

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def __enter__(self) -> None:
        ends, outer = time.monotonic() + self._seconds, _ends.get()
        self._token = _ends.set(ends if outer is None or ends < outer else outer)

    def __exit__(self, *_: object) -> None:
        _ends.reset(self._token)


def budget(seconds: float) -> AbstractContextManager[None]:
    """Give the work inside this many seconds, or what is left of the budget around it if less."""
    return _Budget(seconds)


def time_left() -> float:
    """Seconds left, never below 0. Raises NoDeadline outside any budget."""
    ends = _ends.get()
    if ends is None:
        raise NoDeadline("no budget is set around this call")
    return max(0.0, ends - time.monotonic())


def within(cap: float) -> float:
    """Seconds a call may take: the caller's own cap, or what is left of the budget if less."""
    ends = _ends.get()
    return cap if ends is None else max(0.0, min(cap, ends - time.monotonic()))
