"""Database rows turned into the domain's values."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row

from services.sessions.domain.boards import Board, Seat
from services.sessions.domain.entries import Entry
from services.sessions.domain.money import Payment, PaymentStatus
from services.sessions.domain.values import (
    EntryId,
    EntryStatus,
    Format,
    Session,
    SessionId,
    Status,
    TeamId,
    UserId,
    Venue,
    VenueId,
)
from services.sessions.storage.tables import sessions, venues

# Looked up: calling an enum for its member costs three times as much.
_FORMATS = {kind.value: kind for kind in Format}
_STATUSES = {status.value: status for status in Status}
_ENTRY_STATUSES = {status.value: status for status in EntryStatus}

VENUE_COLUMNS: tuple[ColumnElement[Any], ...] = (
    venues.c.id.label("venue_id"),
    venues.c.name.label("venue_name"),
    venues.c.time_zone.label("venue_time_zone"),
)
SESSION_COLUMNS: tuple[ColumnElement[Any], ...] = (
    sessions.c.id,
    sessions.c.starts_at,
    sessions.c.ends_at,
    sessions.c.format,
    sessions.c.price,
    sessions.c.capacity,
    sessions.c.taken,
    sessions.c.waitlisted,
    sessions.c.status,
    sessions.c.organiser_id,
    sessions.c.version,
    sessions.c.turns,
    sessions.c.squad_size,
    sessions.c.needs_approval,
    sessions.c.man_of_session_id,
    sessions.c.registration_opens_at,
)


def venue(row: Row[Any]) -> Venue:
    """From VENUE_COLUMNS."""
    return Venue(id=VenueId(row.venue_id), name=row.venue_name, time_zone=row.venue_time_zone)


def session(columns: Sequence[Any], place: Venue) -> Session:
    """From a row that begins with SESSION_COLUMNS."""
    # By place: a row looks for names one by one.
    id_, starts_at, ends_at, kind, price, capacity, taken, waitlisted, status = columns[:9]
    organiser_id, version, turns, squad_size, needs_approval, man, opens_at = columns[9:16]
    return Session(
        id=SessionId(id_),
        venue=place,
        starts_at=starts_at,
        ends_at=ends_at,
        format=_FORMATS[kind],
        price=price,
        capacity=capacity,
        taken=taken,
        waitlisted=waitlisted,
        status=_STATUSES[status],
        organiser_id=UserId(organiser_id),
        version=version,
        turns=turns,
        squad_size=squad_size,
        needs_approval=needs_approval,
        man_of_session_id=man,
        registration_opens_at=opens_at,
    )


def saved(value: Session) -> dict[str, object]:
    """What `statements.SAVE_SESSION` keeps of it."""
    return {
        "of_session": value.id,
        "new_venue_id": value.venue.id,
        "new_starts_at": value.starts_at,
        "new_ends_at": value.ends_at,
        "new_price": value.price,
        "new_capacity": value.capacity,
        "new_taken": value.taken,
        "new_waitlisted": value.waitlisted,
        "new_status": value.status.value,
        "new_version": value.version,
        "new_turns": value.turns,
        "new_man_of_session_id": value.man_of_session_id,
        "new_registration_opens_at": value.registration_opens_at,
    }


def board(row: Row[Any], ended: Iterable[Sequence[Any]] = ()) -> Board:
    """From both, the array `seats`, and one like it where it was asked for."""
    seats = tuple(_seat(*seat) for seat in row.seats)
    told = tuple(_seat(*seat) for seat in ended)
    return Board(session=session(row, venue(row)), seats=seats, ended=told)


def entry(row: Any, position: int) -> Entry:
    """From `entry_statements.entry_columns`."""
    return Entry(
        id=EntryId(row.entry_id),
        session_id=SessionId(row.entry_session_id),
        user_id=UserId(row.entry_user_id),
        team_id=None if row.entry_team_id is None else TeamId(row.entry_team_id),
        players=tuple(row.entry_players or (row.entry_user_id,)),
        places=row.entry_places,
        status=_ENTRY_STATUSES[row.entry_status],
        position=position,
        turn=row.entry_turn,
        price=row.entry_price,
        payment=_payment(row),
        reason=row.entry_reason,
    )


def in_order(found: Iterable[Row[Any]]) -> list[Entry]:
    """Active entries with positions, of rows in which those with places come first."""
    listed: list[Entry] = []
    taken, waiting = 0, 0
    for row in found:
        if _ENTRY_STATUSES[row.entry_status].holds:
            listed.append(entry(row, taken + 1))
            taken += listed[-1].places
        else:
            waiting += 1
            listed.append(entry(row, waiting))
    return listed


def _payment(row: Row[Any]) -> Payment | None:
    if row.payment_status is None:
        return None
    return Payment(
        amount=row.payment_amount,
        coupons=row.payment_coupons,
        status=PaymentStatus(row.payment_status),
        receipt=row.payment_receipt or "",
    )


def _seat(
    id_: int,
    user_id: int,
    status: str,
    price: int,
    places: int,
    team_id: int | None,
    players: list[int] | None,
    payment: list[Any] | None,
    reason: str = "",
) -> Seat:
    return Seat(
        id=EntryId(id_),
        user_id=UserId(user_id),
        status=_ENTRY_STATUSES[status],
        price=price,
        places=places,
        team_id=None if team_id is None else TeamId(team_id),
        players=tuple(map(UserId, players or ())),
        payment=(payment[0], payment[1], PaymentStatus(payment[2])) if payment else None,
        reason=reason,
    )
