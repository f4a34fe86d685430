"""Getting into a session and out of it: who has a place is decided here, under its lock."""

from dataclasses import dataclass, replace

from services.sessions.domain import notices
from services.sessions.domain.ports import Store
from services.sessions.domain.refusals import SessionNotFound
from services.sessions.domain.rights import must_be_registered
from services.sessions.domain.rules import must_be_ahead, must_be_planned
from services.sessions.domain.values import (
    Entry,
    EntryStatus,
    Locked,
    Person,
    Session,
    SessionId,
    SessionView,
    Status,
    UserId,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What the person sees now; `already` when it was so before he asked."""

    view: SessionView
    already: bool


async def register(store: Store, person: Person, session_id: SessionId) -> Outcome:
    """A place, or a place in the queue when there is none.

    Raises NotRegistered, SessionNotFound, SessionCancelled, SessionStarted.
    """
    must_be_registered(person)
    locked = await locked_session(store, session_id, person.id)
    must_be_planned(locked.session)
    must_be_ahead(locked.session, locked.now)
    if locked.entry:
        return Outcome(view=SessionView(session=locked.session, entry=locked.entry), already=True)
    session = locked.session.with_newcomer().changed()
    entry = _newcomer(session, placed=session.taken > locked.session.taken, user_id=person.id)
    await store.enter(session, entry)
    return Outcome(view=SessionView(session=session, entry=entry), already=False)


async def leave(store: Store, user_id: UserId, session_id: SessionId) -> Outcome:
    """The entry is given up; a freed place goes to the first of the queue.

    Raises SessionNotFound, SessionStarted.
    """
    locked = await locked_session(store, session_id, user_id)
    must_be_ahead(locked.session, locked.now)
    entry = locked.entry
    if entry is None:
        return Outcome(view=SessionView(session=locked.session, entry=None), already=True)
    await store.remove_entry(entry)
    session = await fill(store, locked.session.without(entry.status).changed())
    await store.save_session(session)
    return Outcome(view=SessionView(session=session, entry=None), already=False)


async def fill(store: Store, session: Session) -> Session:
    """Free places go to the first of the queue, who are told; of a planned session only.

    The caller holds the lock and saves what is returned.
    """
    count = min(session.free, session.waitlisted)
    if session.status is not Status.PLANNED or count <= 0:
        return session
    placed: list[Entry] = []
    for entry in await store.waiting(session.id, count):
        session = session.with_promotion()
        placed.append(_placed(entry, session))
    await store.place(placed)
    await store.tell(notices.promoted(session, placed))
    return session


async def locked_session(
    store: Store, session_id: SessionId, person: UserId | None = None
) -> Locked:
    """The session, nobody else's until the transaction ends. Raises SessionNotFound."""
    locked = await store.lock_session(session_id, person)
    if locked is None:
        raise SessionNotFound(f"no session {session_id}", session_id=session_id)
    return locked


def _newcomer(session: Session, *, placed: bool, user_id: UserId) -> Entry:
    return Entry(
        session_id=session.id,
        user_id=user_id,
        status=EntryStatus.CONFIRMED if placed else EntryStatus.WAITLISTED,
        # He is the last to come, so the count is his position.
        position=session.taken if placed else session.waitlisted,
        turn=session.turns,
    )


def _placed(entry: Entry, session: Session) -> Entry:
    return replace(entry, status=EntryStatus.CONFIRMED, position=session.taken, turn=session.turns)
