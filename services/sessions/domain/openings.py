"""When registration opens for coming sessions, and how large a crowd to reckon with."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from services.sessions.domain.values import SessionId

LAST_SESSIONS = 10
"""So many of a venue's last sessions say who comes to the next."""

TAPS_EACH = 3
"""The list, the card, the button."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """From `opens_at` on people may take places. `regulars` registered for one of the venue's last
    sessions, each counted once."""

    session_id: SessionId
    opens_at: datetime
    capacity: int
    regulars: int

    @property
    def expected_taps(self) -> int:
        """Of all regulars, or of as many people as there are places when those were fewer."""
        return TAPS_EACH * max(self.regulars, self.capacity)


@dataclass(frozen=True, slots=True, kw_only=True)
class AfterOpening:
    """Where a page begins: after this opening in the order of time."""

    opens_at: datetime
    session_id: SessionId


class Openings(Protocol):
    """Reads, outside transactions; possibly a little old."""

    async def between(
        self, since: datetime, until: datetime, after: AfterOpening | None, count: int
    ) -> Sequence[Opening]:
        """Of planned sessions, those in [since, until), the soonest first."""
