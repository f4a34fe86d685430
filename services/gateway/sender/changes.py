"""What becomes of claimed notices, as values; many are written down in a few statements.

Each may be written twice: an end stays the first, and a claim is given back only while it is held.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from services.gateway.sender.notices import Claim, NoticeId, NoticeStore, State

Change = TypeVar("Change")
Same = TypeVar("Same", bound=Hashable)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """It has its verdict."""

    notice_id: NoticeId
    state: State
    verdict: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenUp:
    """A person cannot be reached: all of his end."""

    user_id: int
    verdict: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Postponed:
    """It is tried again after `seconds`."""

    claim: Claim
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Rested:
    """It waits for the morning."""

    claim: Claim
    until: datetime


AnyChange = Ended | GivenUp | Postponed | Rested


async def write(store: NoticeStore, changes: Sequence[AnyChange]) -> None:
    """All of them, one statement for those that are alike."""
    ended = [change for change in changes if isinstance(change, Ended)]
    for (state, verdict), alike in _grouped(ended, lambda end: (end.state, end.verdict)):
        await store.end([end.notice_id for end in alike], state, verdict)
    given_up = [change for change in changes if isinstance(change, GivenUp)]
    for verdict, of_people in _grouped(given_up, lambda change: change.verdict):
        await store.end_all_of([change.user_id for change in of_people], verdict)
    postponed = [change for change in changes if isinstance(change, Postponed)]
    for seconds, together in _grouped(postponed, lambda change: change.seconds):
        await store.postpone([each.claim for each in together], timedelta(seconds=seconds))
    rested = [change for change in changes if isinstance(change, Rested)]
    for until, resting in _grouped(rested, lambda change: change.until):
        await store.rest([each.claim for each in resting], until)


def _grouped(
    changes: Iterable[Change], by: Callable[[Change], Same]
) -> Iterable[tuple[Same, list[Change]]]:
    groups: defaultdict[Same, list[Change]] = defaultdict(list)
    for change in changes:
        groups[by(change)].append(change)
    return groups.items()
