"""Notices as values, and the port over the table that keeps them until Telegram's verdict.

A notice is pending, being sent by whoever holds its claim, sent, or undeliverable. What is due,
when and by whom, is decided by the database's clock. One that rests waits for the morning, and
nothing waits for it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType, Protocol

from services.gateway.sender.kinds import Rank

NoticeId = NewType("NoticeId", str)


class State(StrEnum):
    """Where a notice stands; the last two are final."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    UNDELIVERABLE = "undeliverable"


OPEN = (State.PENDING, State.SENDING)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewNotice:
    """A notice as it is taken in; `payload` is the serialised fotbot.sender.v1.Notice."""

    notice_id: NoticeId
    user_id: int
    kind: str
    payload: bytes
    traceparent: str
    rank: Rank = Rank.USUAL
    group: str = ""
    """Of those that are counted and dropped together; possibly none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A notice that is ours to send until `claimed_until`."""

    notice_id: NoticeId
    user_id: int
    payload: bytes
    traceparent: str
    attempts: int
    claimed_until: datetime
    due_at: datetime
    """Since when it should be with Telegram; a night's rest does not count."""

    taken_over: bool
    """Another sender, or an earlier life of this one, held it and left no verdict."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Depth:
    """How many notices of a rank are open, and for how many seconds the oldest has been due; those
    that rest are left out."""

    waiting: int = 0
    oldest_seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How far a group is."""

    waiting: int = 0
    delivered: int = 0
    undelivered: int = 0


class NoticeStore(Protocol):
    """The notices, within one transaction."""

    async def add(self, notices: Sequence[NewNotice]) -> int:
        """Keep those whose id is new; answers how many were."""

    async def claim(self, limit: int, lease: timedelta, rank: Rank = Rank.USUAL) -> list[Claim]:
        """Take due notices of a rank, oldest first, at most one per person: nobody's are
        reordered."""

    async def end(self, notice_ids: Sequence[NoticeId], state: State, verdict: str) -> None:
        """Write Telegram's verdict down. A notice that was sent stays sent."""

    async def end_all_of(self, user_ids: Sequence[int], verdict: str) -> int:
        """Give up every open notice of people who cannot be reached; answers how many."""

    async def postpone(self, claims: Sequence[Claim], delay: timedelta) -> None:
        """Give claims back, due again after `delay`; nothing happens to what was lost meanwhile."""

    async def rest(self, claims: Sequence[Claim], until: datetime) -> None:
        """Give claims back until that moment and `wake`, with nothing of the person's behind
        them."""

    async def wake(self, limit: int) -> int:
        """Let at most `limit` of those whose rest is over be claimed; answers how many."""

    async def tally(self, group: str) -> Tally:
        """How far a group is."""

    async def drop(self, group: str, verdict: str, limit: int) -> int:
        """Give up at most `limit` open notices of a group; answers how many. One that is under
        way may arrive all the same, and then counts as sent."""

    async def sweep(self, age: timedelta, limit: int) -> int:
        """Forget at most `limit` of what was settled longer ago than `age`; answers how many."""

    async def depth(self) -> Mapping[Rank, Depth]:
        """What is still open, of every rank."""
