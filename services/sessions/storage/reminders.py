"""Reminders: which sessions come, what was told, and telling it once.

A row for each kind and start goes into the transaction that enqueues the notices: two workers at
once meet at its key, and the second has nothing to tell.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from fotbot.sender.v1.notice_pb2 import (
    NOTICE_KIND_REMINDER_DAY,
    NOTICE_KIND_REMINDER_HOURS,
    Notice,
    NoticeSession,
)
from sqlalchemy import case, exists, func, select
from sqlalchemy.dialects.postgresql import insert

from services.chassis import telemetry
from services.chassis.db import ReadTransaction, WriteTransaction
from services.chassis.jobs import Jobs
from services.sessions.domain.reminders import LONG_AGO, ReminderKind
from services.sessions.domain.values import Session, SessionId, Status, UserId
from services.sessions.storage import rows
from services.sessions.storage.broadcasts_tables import reminders
from services.sessions.storage.imports_tables import imported
from services.sessions.storage.outbox import NOTICE
from services.sessions.storage.tables import entries, entry_players, sessions, venues

KINDS = {
    ReminderKind.DAY: NOTICE_KIND_REMINDER_DAY,
    ReminderKind.HOURS: NOTICE_KIND_REMINDER_HOURS,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """A planned session, and which reminders of its start were told."""

    session: Session
    told: frozenset[ReminderKind]
    ours_since: datetime
    """When it was taken in from another bot; long ago when it was opened here."""


async def coming(
    transaction: ReadTransaction, ahead: timedelta
) -> tuple[datetime, Sequence[Coming]]:
    """The time by the database's clock, and what starts within `ahead` of it."""
    now: datetime = (await transaction.execute(select(func.clock_timestamp()))).scalar_one()
    told = (
        select(func.array_agg(reminders.c.kind))
        .where(
            reminders.c.session_id == sessions.c.id, reminders.c.starts_at == sessions.c.starts_at
        )
        .scalar_subquery()
    )
    taken_in = exists().where(imported.c.kind == "session", imported.c.id == sessions.c.id)
    statement = (
        select(
            *rows.SESSION_COLUMNS,
            *rows.VENUE_COLUMNS,
            told.label("told"),
            case((taken_in, sessions.c.created_at), else_=LONG_AGO).label("ours_since"),
        )
        .join(venues, venues.c.id == sessions.c.venue_id)
        .where(
            sessions.c.status == Status.PLANNED.value,
            sessions.c.starts_at > now,
            sessions.c.starts_at <= now + ahead,
        )
    )
    found = await transaction.execute(statement)
    return now, [
        Coming(
            session=rows.session(row, rows.venue(row)),
            told=frozenset(map(ReminderKind, row.told or ())),
            ours_since=row.ours_since,
        )
        for row in found
    ]


async def remind(
    transaction: WriteTransaction, jobs: Jobs, session: Session, kind: ReminderKind
) -> int:
    """Tell everybody who holds a place; answers how many. Nobody if it was told, or the session
    is not what it was."""
    if not await _is_still(transaction, session):
        return 0
    row = insert(reminders).values(
        session_id=session.id, kind=kind.value, starts_at=session.starts_at
    )
    first = await transaction.execute(row.on_conflict_do_nothing().returning(reminders.c.kind))
    if first.one_or_none() is None:
        return 0
    people = await _players(transaction, session.id)
    notices = [_notice(session, kind, user_id) for user_id in people]
    payloads = [notice.SerializeToString() for notice in notices]
    await jobs.enqueue(transaction, NOTICE, payloads)
    return len(people)


async def _is_still(transaction: WriteTransaction, session: Session) -> bool:
    """Whether it is planned for that start; neither changes until the transaction ends."""
    locked = await transaction.execute(
        select(sessions.c.id)
        .where(
            sessions.c.id == session.id,
            sessions.c.status == Status.PLANNED.value,
            sessions.c.starts_at == session.starts_at,
        )
        .with_for_update(read=True)
    )
    return locked.one_or_none() is not None


async def _players(transaction: ReadTransaction, session_id: SessionId) -> Sequence[UserId]:
    found = await transaction.execute(
        select(entry_players.c.user_id)
        .join(entries, entries.c.id == entry_players.c.entry_id)
        .where(
            entry_players.c.session_id == session_id,
            entry_players.c.active,
            entries.c.status.in_(("pending", "confirmed")),
        )
        .order_by(entry_players.c.user_id)
    )
    return [UserId(row.user_id) for row in found]


def _notice(session: Session, kind: ReminderKind, user_id: UserId) -> Notice:
    """The start is in its id: a session that moves reminds anew."""
    start = int(session.starts_at.timestamp())
    return Notice(
        notice_id=f"reminder:{session.id}:{kind.value}:{start}:{user_id}",
        user_id=user_id,
        kind=KINDS[kind],
        session=about(session),
        expires_at=start,
        traceparent=telemetry.traceparent(),
    )


def about(session: Session) -> NoticeSession:
    """The session as notices speak of it."""
    return NoticeSession(
        session_id=session.id,
        venue_name=session.venue.name,
        time_zone=session.venue.time_zone,
        starts_at=int(session.starts_at.timestamp()),
        ends_at=int(session.ends_at.timestamp()),
    )
