"""Getting into a session and out of it: who has a place is decided here, under its lock."""

from collections.abc import Sequence
from datetime import timedelta

from msgspec import Struct
from msgspec.structs import replace

from services.sessions.domain import notices
from services.sessions.domain.ending import Ending, end
from services.sessions.domain.entries import Entry, Locked, SessionView, Step
from services.sessions.domain.money import Action, first_due
from services.sessions.domain.ports import Door, Store
from services.sessions.domain.refusals import CaptainsBusiness, PlayerAlreadyIn, SessionNotFound
from services.sessions.domain.rights import must_be_registered
from services.sessions.domain.rules import must_be_ahead, must_be_open, must_be_planned
from services.sessions.domain.values import (
    EntryStatus,
    Person,
    Session,
    SessionId,
    Status,
    TeamId,
    UserId,
)


class Outcome(Struct, frozen=True, kw_only=True):
    """What the person sees now; `already` when it was so before he asked."""

    view: SessionView
    already: bool


async def register(store: Door, person: Person, session_id: SessionId) -> Outcome:
    """A place, or a place in the queue when there is none.

    Raises NotRegistered, SessionNotFound, SessionCancelled, SessionStarted, RegistrationNotOpen,
    PlayerAlreadyIn. Who is in already is told so even when the opening was put off since.
    """
    must_be_registered(person)
    locked = await locked_session(store, session_id, person.id)
    must_be_planned(locked.session)
    must_be_ahead(locked.session, locked.now)
    if locked.entry is None:
        must_be_open(locked.session, locked.now)
        return await admit(store, locked.session, person.id, (person.id,))
    if locked.entry.team_id is not None:
        raise PlayerAlreadyIn("he is in a team's entry", user_id=person.id)
    return outcome(locked.session, person.id, locked.entry, already=True)


async def admit(
    store: Door,
    before: Session,
    user_id: UserId,
    players: tuple[UserId, ...],
    team_id: TeamId | None = None,
) -> Outcome:
    """A new entry: with all its places, else in the queue. The caller holds the lock."""
    session = before.with_newcomer(len(players))
    placed = session.taken > before.taken
    entry = Entry(
        session_id=session.id,
        user_id=user_id,
        team_id=team_id,
        players=players,
        places=len(players),
        status=_placed_status(session) if placed else EntryStatus.WAITLISTED,
        # It is the last to come.
        position=before.taken + 1 if placed else session.waitlisted,
        turn=session.turns,
        price=session.price,
        payment=first_due(session.price, len(players)) if placed else None,
    )
    entry = await store.enter(session, entry)
    await store.tell(notices.decision_due(session, [entry]))
    return outcome(session, user_id, entry, already=False)


async def leave(
    store: Store, user_id: UserId, session_id: SessionId, refund_before: timedelta
) -> Outcome:
    """The entry is given up; freed places go to the first of the queue. Coupons and money come
    back when the start is at least `refund_before` away.

    Raises SessionNotFound, SessionStarted, CaptainsBusiness.
    """
    locked = await locked_session(store, session_id, user_id)
    must_be_ahead(locked.session, locked.now)
    entry = locked.entry
    if entry is None:
        return outcome(locked.session, user_id, None, already=True)
    must_have_made(entry, user_id)
    early = locked.session.starts_at - locked.now >= refund_before
    ending = Ending(actor_id=user_id, gives_back=early)
    session, [ended] = await end(store, locked.session.changed(), [entry], ending)
    session = await fill(store, session)
    await store.save_session(session)
    return outcome(session, user_id, ended if ended.is_told else None, already=False)


async def end_open_entries(store: Store, session: Session, actor_id: UserId) -> Session:
    """As the evening starts, waiting and pending entries end: all of it comes back, and who had
    hoped for a yes is told. The caller holds the lock and saves what is returned."""
    entries = await store.entries(session.id)
    waiting = [entry for entry in entries if entry.status is EntryStatus.WAITLISTED]
    pending = [entry for entry in entries if entry.status is EntryStatus.PENDING]
    session, _ = await end(store, session, waiting, Ending(actor_id=actor_id))
    ending = Ending(actor_id=actor_id, status=EntryStatus.REJECTED)
    session, ended = await end(store, session, pending, ending)
    await store.tell([notice for entry in ended for notice in notices.rejected(session, entry)])
    return session


async def fill(store: Store, session: Session) -> Session:
    """Free places go to the first of the queue, who are told; of a planned session only. A team
    waits until all its places are free, and nobody overtakes it.

    The caller holds the lock and saves what is returned.
    """
    count = min(session.free, session.waitlisted)
    if session.status is not Status.PLANNED or count <= 0:
        return session
    placed: list[Entry] = []
    for entry in await store.waiting(session.id, count):
        if entry.places > session.free:
            break
        position = session.taken + 1
        session = session.with_promotion(entry.places)
        placed.append(_placed(entry, session, position))
    await _keep_placed(store, session, placed)
    return session


async def locked_session(
    store: Door, session_id: SessionId, person: UserId | None = None
) -> Locked:
    """The session, nobody else's until the transaction ends. Raises SessionNotFound."""
    locked = await store.lock_session(session_id, person)
    if locked is None:
        raise SessionNotFound(f"no session {session_id}", session_id=session_id)
    return locked


def must_have_made(entry: Entry, user_id: UserId) -> None:
    """Raises CaptainsBusiness when somebody else registered it with the person in it."""
    if entry.user_id != user_id:
        raise CaptainsBusiness(f"entry {entry.id} is its captain's", entry_id=entry.id)


def outcome(session: Session, viewer: UserId, entry: Entry | None, *, already: bool) -> Outcome:
    """What the person sees now."""
    return Outcome(view=SessionView(session=session, viewer=viewer, entry=entry), already=already)


def _placed(entry: Entry, session: Session, position: int) -> Entry:
    return replace(
        entry,
        status=_placed_status(session),
        position=position,
        turn=session.turns,
        payment=first_due(entry.price, entry.places),
    )


def _placed_status(session: Session) -> EntryStatus:
    return EntryStatus.PENDING if session.needs_approval else EntryStatus.CONFIRMED


async def _keep_placed(store: Store, session: Session, placed: Sequence[Entry]) -> None:
    await store.keep(placed)
    await store.pay(
        [
            Step(
                entry_id=entry.id,
                actor_id=entry.user_id,
                action=Action.DUE,
                payment=entry.payment,
            )
            for entry in placed
            if entry.payment
        ]
    )
    await store.tell(notices.promoted(session, placed) + notices.decision_due(session, placed))
