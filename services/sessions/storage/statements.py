"""The statements of every press, built once: building one costs more than sending it."""

from typing import Any

from sqlalchemy import (
    Select,
    Update,
    and_,
    bindparam,
    exists,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert

from services.sessions.domain.values import EntryStatus, Status
from services.sessions.storage import rows
from services.sessions.storage.tables import entries, sessions, venues

ACTIVE = entries.c.status != "cancelled"
ENTRY_COLUMNS = (entries.c.session_id, entries.c.user_id, entries.c.status, entries.c.turn)

NOW = select(func.clock_timestamp())

# The venue and the person's entry are read afterwards, by AROUND: a join would look for the old
# ones while an edit or a press that has just been committed makes the locked row a new one.
LOCK_SESSION = (
    select(*rows.SESSION_COLUMNS, sessions.c.venue_id, func.clock_timestamp().label("now"))
    .where(sessions.c.id == bindparam("session_id"))
    .with_for_update(key_share=True)
)

# The update is the lock; readers of the venue do not wait for it.
USE_VENUE = (
    update(venues)
    .where(venues.c.id == bindparam("of_venue"))
    .values(used_at=func.clock_timestamp())
    .returning(*rows.VENUE_COLUMNS)
)
ENSURE_VENUE = (
    upsert(venues)
    .values(name=bindparam("name"), time_zone=bindparam("time_zone"))
    .on_conflict_do_update(
        index_elements=["name", "time_zone"], set_={"used_at": func.clock_timestamp()}
    )
    .returning(*rows.VENUE_COLUMNS)
)
# One may begin as another ends.
IS_BUSY = select(
    exists().where(
        and_(
            sessions.c.venue_id == bindparam("venue_id"),
            sessions.c.status == Status.PLANNED.value,
            sessions.c.starts_at < bindparam("ends_at"),
            sessions.c.ends_at > bindparam("starts_at"),
            sessions.c.id.is_distinct_from(bindparam("but", type_=sessions.c.id.type)),
        )
    )
)

OPEN_SESSION = insert(sessions).returning(*rows.SESSION_COLUMNS)
# What may change of a session; a parameter has the column's name after "new_".
SAVED = (
    "venue_id",
    "starts_at",
    "ends_at",
    "price",
    "capacity",
    "taken",
    "waitlisted",
    "status",
    "version",
    "turns",
    "man_of_session_id",
)
SAVE_SESSION = (
    update(sessions)
    .where(sessions.c.id == bindparam("of_session"))
    .values({name: bindparam(f"new_{name}") for name in SAVED})
)
# Both in one: each round trip under the lock is waited for by everybody behind it.
ENTER = SAVE_SESSION.add_cte(
    insert(entries)
    .values(
        session_id=bindparam("entry_session"),
        user_id=bindparam("entry_user"),
        status=bindparam("entry_status"),
        turn=bindparam("entry_turn"),
    )
    .cte("entered")
)
EVERYBODY = (
    select(entries.c.user_id)
    .where(entries.c.session_id == bindparam("session_id"), ACTIVE)
    .order_by(entries.c.turn)
)


def _around() -> Select[Any]:
    """A venue with, beside it, the active entry of a person in a session, or nulls."""
    others = entries.alias()
    up_to = select(func.count()).where(
        others.c.session_id == entries.c.session_id,
        others.c.status == entries.c.status,
        others.c.turn <= entries.c.turn,
    )
    own = and_(
        entries.c.session_id == bindparam("session_id"),
        entries.c.user_id == bindparam("user_id"),
        ACTIVE,
    )
    return (
        select(*rows.VENUE_COLUMNS, *ENTRY_COLUMNS, up_to.scalar_subquery().label("position"))
        .select_from(venues.outerjoin(entries, own))
        .where(venues.c.id == bindparam("venue_id"))
    )


def _change_entry(status: str) -> Update:
    """The active entry that the parameters name gets a status."""
    return (
        update(entries)
        .where(
            entries.c.session_id == bindparam("of_session"),
            entries.c.user_id == bindparam("of_user"),
            ACTIVE,
        )
        .values(status=status, changed_at=func.clock_timestamp())
    )


AROUND = _around()
FIRST_WAITING = (
    select(*ENTRY_COLUMNS, func.row_number().over(order_by=entries.c.turn).label("position"))
    .where(
        entries.c.session_id == bindparam("session_id"),
        entries.c.status == EntryStatus.WAITLISTED.value,
    )
    .order_by(entries.c.turn)
    .limit(bindparam("count"))
)
PLACE_ENTRY = _change_entry(EntryStatus.CONFIRMED.value).values(turn=bindparam("new_turn"))
REMOVE_ENTRY = _change_entry("cancelled")
