"""Database rows turned into the domain's values."""

from typing import Any

from sqlalchemy import ColumnElement, Row

from services.sessions.domain.ports import Board
from services.sessions.domain.values import (
    Entry,
    EntryStatus,
    Format,
    Session,
    SessionId,
    Status,
    UserId,
    Venue,
    VenueId,
)
from services.sessions.storage.tables import sessions, venues

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
)


def venue(row: Row[Any]) -> Venue:
    """From VENUE_COLUMNS."""
    return Venue(id=VenueId(row.venue_id), name=row.venue_name, time_zone=row.venue_time_zone)


def session(row: Row[Any], place: Venue) -> Session:
    """From SESSION_COLUMNS."""
    return Session(
        id=SessionId(row.id),
        venue=place,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        format=Format(row.format),
        price=row.price,
        capacity=row.capacity,
        taken=row.taken,
        waitlisted=row.waitlisted,
        status=Status(row.status),
        organiser_id=UserId(row.organiser_id),
        version=row.version,
        turns=row.turns,
        squad_size=row.squad_size,
        needs_approval=row.needs_approval,
        man_of_session_id=row.man_of_session_id,
    )


def board(row: Row[Any]) -> Board:
    """From both, and the arrays `confirmed` and `waiting`."""
    return Board(
        session=session(row, venue(row)),
        confirmed=tuple(row.confirmed),
        waiting=tuple(row.waiting),
    )


def entry(row: Row[Any]) -> Entry:
    """From an entry's columns and `position`."""
    return Entry(
        session_id=SessionId(row.session_id),
        user_id=UserId(row.user_id),
        status=EntryStatus(row.status),
        position=row.position,
        turn=row.turn,
    )
