"""Whether this process lives, is ready, and how what it depends on is doing.

Only what the process itself lacks makes it unready (`require`); the state of a dependency is told
in the body and in the metrics (`report`), so that one outage does not empty every Service. Each
check runs by itself with a time-out, and its answer is kept for a moment: /readyz never hangs.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from services.chassis import logs, metrics

Check = Callable[[], Awaitable[bool]]

CHECK_SECONDS = 0.5
KEPT_SECONDS = 1.0

log = logs.logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """What /readyz tells: by name, whether each check passes."""

    required: dict[str, bool]
    reported: dict[str, bool]

    @property
    def is_ready(self) -> bool:
        """True when the process lacks nothing of its own."""
        return all(self.required.values())


class Health:
    """The checks of one process."""

    def __init__(self) -> None:
        self._facts: dict[str, Callable[[], bool]] = {}
        self._required: dict[str, KeptCheck] = {}
        self._reported: dict[str, KeptCheck] = {}

    def require_fact(self, name: str, fact: Callable[[], bool]) -> None:
        """Like `require`, for what the process knows without asking anybody."""
        self._facts[name] = fact

    def require(self, name: str, check: Check) -> None:
        """The process is unready while `check` answers False, raises or takes too long."""
        self._required[name] = KeptCheck(name, check)

    def report(self, name: str, check: Check) -> None:
        """Tell in the body and the metrics how `check` goes; readiness does not hang on it."""
        self._reported[name] = KeptCheck(name, check)

    async def readiness(self) -> Readiness:
        """How everything is, within a second."""
        passing = await asyncio.gather(
            *(check.passes() for check in (*self._required.values(), *self._reported.values()))
        )
        facts = {name: fact() for name, fact in self._facts.items()}
        required = dict(zip(self._required, passing, strict=False))
        reported = dict(zip(self._reported, passing[len(required) :], strict=True))
        return Readiness(required=facts | required, reported=reported)


@dataclass(slots=True)
class KeptCheck:
    """A check whose last answer is good for a moment."""

    name: str
    check: Check
    _passed: bool = False
    _asked: float = -KEPT_SECONDS
    _running: asyncio.Task[None] | None = field(default=None, repr=False)

    async def passes(self) -> bool:
        """The last answer if fresh, else a new one; False when it takes too long."""
        if self._running is None and time.monotonic() - self._asked >= KEPT_SECONDS:
            self._running = asyncio.create_task(self._ask())
        if self._running is not None:
            await asyncio.wait({self._running}, timeout=CHECK_SECONDS)
            if self._running is not None:
                self._tell(False)
        return self._passed

    async def _ask(self) -> None:
        try:
            self._tell(await self.check())
        except Exception as error:
            log.warning("a health check failed", check=self.name, error=str(error))
            self._tell(False)
        finally:
            self._running = None

    def _tell(self, passed: bool) -> None:
        self._passed, self._asked = passed, time.monotonic()
        metrics.DEPENDENCY_UP.labels(self.name).set(passed)


async def watch_loop(interval: float = 0.5) -> None:
    """Measure for ever how late the event loop wakes up, and how many tasks it has."""
    while True:
        asked = time.perf_counter() + interval
        await asyncio.sleep(interval)
        metrics.LOOP_LAG_SECONDS.set(max(0.0, time.perf_counter() - asked))
        metrics.TASKS.set(len(asyncio.all_tasks()))
