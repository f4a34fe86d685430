"""What becomes of the coming evenings of a person who is erased, and of those nobody decided on.

Each function is one transaction. Evenings that have begun are as they are: what was played stays
under the person's number.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from services.sessions.domain.ending import Ending, end
from services.sessions.domain.entries import Entry, Locked
from services.sessions.domain.places import leave
from services.sessions.domain.ports import Store
from services.sessions.domain.values import EntryStatus, SessionId, Status, TeamId, UserId

NOBODY = UserId(0)
"""Who acts when time does."""


class ErasingStore(Store, Protocol):
    """One write transaction, with what is done for nobody else."""

    async def take_out(self, entry: Entry, user_id: UserId) -> None:
        """A team's entry without this player; its places stay the team's."""

    async def hand_entry(self, entry: Entry, heir: UserId) -> None:
        """A team's entry is its new captain's from now on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """An evening to come that a person is in; `team_id` where he registered a team."""

    session_id: SessionId
    team_id: TeamId | None = None


async def leave_coming(
    store: ErasingStore,
    user_id: UserId,
    session_id: SessionId,
    refund_before: timedelta,
    heir: UserId | None = None,
) -> None:
    """His place goes to the first of the queue, as when he leaves by himself. A team he registered
    keeps its places under `heir`; without one, or where that one has an entry already, it leaves.

    Who is not in any more, or whose evening has begun, changes nothing.
    """
    locked = await store.lock_session(session_id, user_id)
    if locked is None or locked.entry is None or not _is_coming(locked):
        return
    entry = locked.entry
    if entry.user_id == user_id:
        if heir is None or entry.team_id is None or await _has_entry(store, entry, heir):
            await leave(store, user_id, session_id, refund_before)
            return
        await store.hand_entry(entry, heir)
    if user_id in entry.players:
        await store.take_out(entry, user_id)
    await store.save_session(locked.session.changed())


async def end_forgotten(store: Store, session_id: SessionId, after: timedelta) -> int:
    """Entries that nobody decided on, of an evening that was over so long ago, end; what was paid
    stays where it is. How many."""
    locked = await store.lock_session(session_id)
    if locked is None or locked.session.status is not Status.PLANNED:
        return 0
    if locked.session.ends_at + after > locked.now:
        return 0
    undecided = (EntryStatus.PENDING, EntryStatus.WAITLISTED)
    open_ones = [one for one in await store.entries(session_id) if one.status in undecided]
    ending = Ending(actor_id=NOBODY, gives_back=False)
    session, ended = await end(store, locked.session.changed(), open_ones, ending)
    if ended:
        await store.save_session(session)
    return len(ended)


def _is_coming(locked: Locked) -> bool:
    return locked.session.status is Status.PLANNED and locked.session.starts_at > locked.now


async def _has_entry(store: Store, entry: Entry, heir: UserId) -> bool:
    others = (one for one in await store.entries(entry.session_id) if one.id != entry.id)
    return any(heir in one.people for one in others)
