"""What organisers decide about entries: yes, no, money given back, who came."""

from dataclasses import dataclass
from datetime import timedelta

from msgspec.structs import replace

from services.chassis.plain_text import one_line
from services.sessions.domain import money, notices
from services.sessions.domain.ending import Ending, end
from services.sessions.domain.entries import Entry, Locked, Step
from services.sessions.domain.money import Action
from services.sessions.domain.places import fill
from services.sessions.domain.ports import Store
from services.sessions.domain.refusals import (
    EntryEnded,
    EntryNotFound,
    EntryWaiting,
    NotAMember,
    ReasonEmpty,
    SessionNotStarted,
)
from services.sessions.domain.rights import must_organise, must_run
from services.sessions.domain.rules import must_be_ahead
from services.sessions.domain.values import (
    EntryId,
    EntryStatus,
    Person,
    Session,
    SessionId,
    Status,
    UserId,
)

MAX_REASON = 300
# Who comes early is marked as he comes.
ATTENDANCE_BEFORE = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """An entry that its organiser decides on, under its session's lock."""

    locked: Locked
    entry: Entry

    @property
    def session(self) -> Session:
        """As it was when it was locked."""
        return self.locked.session


async def approve(store: Store, actor: Person, entry_id: EntryId) -> None:
    """The entry is confirmed, and so is its payment; again changes nothing.

    Raises NotAllowed, EntryNotFound, EntryEnded, EntryWaiting.
    """
    case = await _case(store, actor, entry_id)
    entry = case.entry
    if not entry.status.is_active:
        raise EntryEnded(f"entry {entry_id} has ended")
    if not entry.status.holds:
        raise EntryWaiting(f"entry {entry_id} waits for places")
    owes = entry.payment is not None and entry.payment.is_open
    if entry.status is EntryStatus.CONFIRMED and not owes:
        return
    session = case.session.changed()
    approved = replace(entry, status=EntryStatus.CONFIRMED)
    await store.keep([approved], decided_by=actor.id)
    if entry.payment and owes:
        payment = money.confirmed(entry.payment)
        await store.pay([_step(entry, actor, Action.CONFIRMED, payment)])
    await store.save_session(session)
    await store.tell(notices.approved(session, approved))
    await _record(store, actor, "entry.approve", entry)


async def reject(store: Store, actor: Person, entry_id: EntryId, reason: str) -> None:
    """The entry is turned down or taken off; its places go on, all comes back. Again changes
    nothing.

    Raises NotAllowed, EntryNotFound, EntryEnded, SessionStarted, ReasonEmpty.
    """
    said = one_line(reason, MAX_REASON)
    case = await _case(store, actor, entry_id)
    if case.entry.status is EntryStatus.REJECTED:
        return
    if not case.entry.status.is_active:
        raise EntryEnded(f"entry {entry_id} has ended")
    must_be_ahead(case.session, case.locked.now)
    if not said:
        raise ReasonEmpty("nothing of the reason can be seen")
    ending = Ending(actor_id=actor.id, status=EntryStatus.REJECTED, reason=said)
    session, [rejected] = await end(store, case.session.changed(), [case.entry], ending)
    session = await fill(store, session)
    await store.save_session(session)
    await store.tell(notices.rejected(session, rejected))
    await _record(store, actor, "entry.reject", case.entry, said)


async def settle_refund(
    store: Store, actor: Person, entry_id: EntryId, *, not_received: bool
) -> None:
    """Money owed back was given back, or had never come.

    Raises NotAllowed, EntryNotFound, RefundNotDue.
    """
    case = await _case(store, actor, entry_id)
    entry, session = case.entry, case.session.changed()
    action, payment = money.settled(entry.payment, not_received=not_received)
    await store.pay([_step(entry, actor, action, payment)])
    await store.save_session(session)
    if action is Action.REFUNDED:
        await store.tell(notices.refunded(session, entry))
    await _record(store, actor, f"refund.{action.value}", entry, f"{payment.amount}")


async def mark_attendance(
    store: Store, actor: Person, session_id: SessionId, user_id: UserId, *, attended: bool
) -> EntryId:
    """A player came or did not; the entry he plays in.

    Raises NotAllowed, EntryNotFound, NotAMember, SessionNotStarted.
    """
    must_organise(actor)
    locked = await store.lock_session(session_id, user_id)
    if locked is None:
        raise EntryNotFound(f"no session {session_id}", session_id=session_id)
    must_run(actor, locked.session)
    session, entry = locked.session, locked.entry
    if entry is None or not entry.status.holds or user_id not in entry.players:
        raise NotAMember(f"user {user_id} does not play here", user_id=user_id)
    if session.status is Status.PLANNED and session.starts_at - locked.now > ATTENDANCE_BEFORE:
        raise SessionNotStarted(f"session {session_id} is not near")
    await store.mark(entry, user_id, attended)
    await store.record(
        actor.id,
        "attendance.mark",
        session_id=session_id,
        subject_id=user_id,
        note="came" if attended else "did not come",
    )
    return entry.id


async def _case(store: Store, actor: Person, entry_id: EntryId) -> Case:
    """Raises NotAllowed, EntryNotFound."""
    must_organise(actor)
    session_id = await store.session_of(entry_id)
    locked = await store.lock_session(session_id) if session_id else None
    entry = await store.entry(entry_id) if locked else None
    if locked is None or entry is None:
        raise EntryNotFound(f"no entry {entry_id}", entry_id=entry_id)
    must_run(actor, locked.session)
    return Case(locked=locked, entry=entry)


def _step(entry: Entry, actor: Person, action: Action, payment: money.Payment) -> Step:
    return Step(entry_id=entry.id, actor_id=actor.id, action=action, payment=payment)


async def _record(store: Store, actor: Person, action: str, entry: Entry, note: str = "") -> None:
    await store.record(
        actor.id, action, session_id=entry.session_id, subject_id=entry.user_id, note=note
    )
