"""When a failed delivery is tried again: at once, then after 2, 4, 8 s, up to a minute or two."""

import random
from dataclasses import dataclass

LONGEST_RETRY_AFTER = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    second: float = 1.0
    """How long a second lasts; tests shorten it."""

    def pause(self, failures: int, retry_after: float | None = None) -> float:
        """Seconds to wait after so many failures in a row, the first being 1."""
        if retry_after is not None:
            return min(retry_after, LONGEST_RETRY_AFTER) * self.second
        if failures <= 1:
            return 0.0
        most = random.uniform(60.0, 120.0)
        return min(2.0 ** min(failures - 1, 10), most) * self.second


def retry_after(header: str | None) -> float | None:
    """Seconds from a Retry-After header; None for none, a date or nonsense."""
    return float(header) if header and header.isascii() and header.isdigit() else None
