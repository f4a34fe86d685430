"""Updates that broke their handler: kept for seven days, to be looked at and driven again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

KEPT = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenUpdate:
    """An update as Telegram delivered it, and what went wrong."""

    bot_id: int
    update_id: int
    payload: bytes
    error: str
    traceparent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantined(BrokenUpdate):
    """A broken update as it is kept."""

    created_at: datetime


class QuarantineStore(Protocol):
    """The quarantine, within one transaction."""

    async def put(self, update: BrokenUpdate) -> None:
        """Keep it; one that broke again replaces what was known of it."""

    async def waiting(self) -> Sequence[Quarantined]:
        """Those not driven again yet, oldest first."""

    async def take(self, update_id: int) -> Sequence[Quarantined]:
        """The updates of that number (one per bot), marked as driven again."""

    async def sweep(self, age: timedelta) -> int:
        """Forget those older than `age`; answers how many."""
