"""When the cluster is left alone for a while, since it does not answer anyway."""

import math
import time
from collections.abc import Callable

# After this many failures in a row the cluster is left alone. What was under way at a failure
# tells nothing new: a process that was late itself loses all of it at once.
FAILURES_TO_OPEN = 3
OPEN_SECONDS = 1.0


class Breaker:
    """Counts failures in a row; open, it saves everybody the wait. Times are seconds of a clock
    that never goes back."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures = 0
        self._failed_at = -math.inf
        self._open_until = -math.inf

    def begin(self) -> float:
        """When a command begins; to be handed to `failed`."""
        return self._clock()

    def is_open(self) -> bool:
        """True while the cluster is to be left alone."""
        return self._open_until > -math.inf and self._clock() < self._open_until

    def succeeded(self) -> None:
        """The cluster answered."""
        self._failures = 0

    def failed(self, began: float) -> None:
        """The cluster did not; enough of that opens the breaker."""
        if began < self._failed_at:
            return
        self._failures, self._failed_at = self._failures + 1, self._clock()
        if self._failures >= FAILURES_TO_OPEN:
            self._open_until = self._failed_at + OPEN_SECONDS
