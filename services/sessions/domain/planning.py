"""What organisers do: venues, opening an evening, changing it, calling it off."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from msgspec import structs

from services.sessions.domain import notices
from services.sessions.domain.ending import Ending, end
from services.sessions.domain.entries import Entry
from services.sessions.domain.names import venue_name
from services.sessions.domain.places import fill, locked_session
from services.sessions.domain.ports import Store
from services.sessions.domain.refusals import (
    CapacityBelowTaken,
    EndsBeforeStart,
    VenueBusy,
    VenueNotFound,
)
from services.sessions.domain.rights import must_organise, must_run
from services.sessions.domain.rules import (
    check_capacity,
    check_price,
    check_squad_size,
    check_time_zone,
    check_times,
    must_be_ahead,
    must_be_planned,
    opening,
)
from services.sessions.domain.values import (
    Changes,
    Person,
    Plan,
    Session,
    SessionId,
    Status,
    UserId,
    Venue,
    VenueId,
)


async def create_venue(store: Store, actor: Person, name: str, time_zone: str) -> Venue:
    """The venue of that name in that zone, made unless it is there.

    Raises NotAllowed, VenueNameInvalid, TimeZoneUnknown.
    """
    must_organise(actor)
    cleaned = venue_name(name)
    check_time_zone(time_zone)
    venue = await store.ensure_venue(cleaned, time_zone)
    await store.record(actor.id, "venue.create", note=venue.name)
    return venue


async def create_session(store: Store, actor: Person, plan: Plan) -> Session:
    """A new evening with nobody in it.

    Raises NotAllowed, VenueNotFound, VenueBusy, and what `rules` checks.
    """
    must_organise(actor)
    check_capacity(plan.capacity)
    check_price(plan.price)
    check_squad_size(plan.squad_size)
    now = await store.now()
    check_times(plan.starts_at, plan.ends_at, now)
    opens_at = opening(plan.registration_opens_at, plan.starts_at, now)
    venue = await _free_venue(store, plan.venue_id, plan.starts_at, plan.ends_at)
    plan = replace(plan, registration_opens_at=opens_at)
    session = await store.open_session(plan, venue, actor.id)
    await store.record(actor.id, "session.create", session_id=session.id, note=venue.name)
    return session


async def edit_session(
    store: Store, actor: Person, session_id: SessionId, changes: Changes
) -> Session:
    """What is set is changed; everybody is told of a move, the waiting fill new places in order.

    Raises NotAllowed, SessionNotFound, SessionCancelled, SessionStarted, CapacityBelowTaken,
    VenueNotFound, VenueBusy, and what `rules` checks.
    """
    must_organise(actor)
    locked = await locked_session(store, session_id)
    before = locked.session
    must_run(actor, before)
    must_be_planned(before)
    must_be_ahead(before, locked.now)
    edited = await _edited(store, before, changes, locked.now)
    if edited == before:
        return before
    edited = await fill(store, edited.changed())
    await store.save_session(edited)
    if edited.moved_from(before):
        people = _people(await store.entries(session_id))
        await store.tell(notices.moved(edited, before, people))
    note = _difference(before, edited)
    await store.record(actor.id, "session.edit", session_id=session_id, note=note)
    return edited


async def cancel_session(store: Store, actor: Person, session_id: SessionId) -> Session:
    """It will not be: everybody in it is told, all coupons and money come back. Again changes
    nothing.

    Raises NotAllowed, SessionNotFound, SessionStarted.
    """
    must_organise(actor)
    locked = await locked_session(store, session_id)
    must_run(actor, locked.session)
    if locked.session.status is Status.CANCELLED:
        return locked.session
    must_be_ahead(locked.session, locked.now)
    entries = await store.entries(session_id)
    session = structs.replace(locked.session, status=Status.CANCELLED).changed()
    session, _ = await end(store, session, entries, Ending(actor_id=actor.id))
    await store.save_session(session)
    await store.tell(notices.cancelled(session, _people(entries)))
    await store.record(actor.id, "session.cancel", session_id=session_id)
    return session


def _people(entries: Sequence[Entry]) -> list[UserId]:
    """Everybody, once: a captain may make one entry and play in another."""
    return list(dict.fromkeys(user_id for entry in entries for user_id in entry.people))


def _difference(before: Session, after: Session) -> str:
    """What an edit changed, for people: old and new."""
    named = {
        "venue": (before.venue.name, after.venue.name),
        "starts_at": (f"{before.starts_at:%Y-%m-%d %H:%M}", f"{after.starts_at:%Y-%m-%d %H:%M}"),
        "ends_at": (f"{before.ends_at:%Y-%m-%d %H:%M}", f"{after.ends_at:%Y-%m-%d %H:%M}"),
        "price": (before.price, after.price),
        "capacity": (before.capacity, after.capacity),
        "opens_at": (_opening(before), _opening(after)),
    }
    changed = ((name, old, new) for name, (old, new) in named.items() if old != new)
    return ", ".join(f"{name} {old} > {new}" for name, old, new in changed)


def _opens_at(before: Session, changes: Changes, now: datetime) -> datetime | None:
    """Once it is open, it stays as it was unless another moment is asked for; before that, it must
    be in time for the start, an earlier start too."""
    asked, kept = changes.registration_opens_at, before.registration_opens_at
    if asked is None and kept is not None and kept <= now:
        return kept
    return opening(asked or kept, changes.starts_at or before.starts_at, now)


def _opening(session: Session) -> str:
    opens_at = session.registration_opens_at
    return "-" if opens_at is None else f"{opens_at:%Y-%m-%d %H:%M}"


async def _edited(store: Store, before: Session, changes: Changes, now: datetime) -> Session:
    """`before` with the changes, once they are found good; the venue's lock is held if it moves."""
    if (changes.starts_at is None) is not (changes.ends_at is None):
        raise EndsBeforeStart("start and end move together")
    edited = structs.replace(
        before,
        starts_at=changes.starts_at or before.starts_at,
        ends_at=changes.ends_at or before.ends_at,
        price=before.price if changes.price is None else changes.price,
        capacity=before.capacity if changes.capacity is None else changes.capacity,
        registration_opens_at=_opens_at(before, changes, now),
    )
    check_capacity(edited.capacity)
    check_price(edited.price)
    check_times(edited.starts_at, edited.ends_at, now)
    await _check_room(store, before, edited)
    venue_id = before.venue.id if changes.venue_id is None else changes.venue_id
    if venue_id != before.venue.id or edited.moved_from(before):
        venue = await _free_venue(store, venue_id, edited.starts_at, edited.ends_at, before.id)
        edited = structs.replace(edited, venue=venue)
    return edited


async def _check_room(store: Store, before: Session, edited: Session) -> None:
    """Who holds places keeps them; a team that waits must still fit in, or nobody behind it would
    ever get a place. Raises CapacityBelowTaken."""
    needed = edited.taken
    if edited.capacity < before.capacity and edited.waitlisted:
        queue = await store.waiting(edited.id, edited.waitlisted)
        needed = max(needed, *(entry.places for entry in queue))
    if edited.capacity < needed:
        raise CapacityBelowTaken(f"{needed} places are needed", taken=needed)


async def _free_venue(
    store: Store,
    venue_id: VenueId,
    starts_at: datetime,
    ends_at: datetime,
    but: SessionId | None = None,
) -> Venue:
    """The venue, locked, with no other session in that time."""
    venue = await store.lock_venue(venue_id)
    if venue is None:
        raise VenueNotFound(f"no venue {venue_id}", venue_id=venue_id)
    if await store.is_busy(venue_id, starts_at, ends_at, but):
        raise VenueBusy(f"venue {venue_id} is taken at that time", venue_id=venue_id)
    return venue
