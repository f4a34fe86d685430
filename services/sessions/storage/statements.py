"""The statements about sessions and venues, built once: building one costs more than sending it."""

from sqlalchemy import BigInteger, and_, bindparam, exists, func, insert, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as upsert

from services.sessions.domain.values import Status
from services.sessions.storage import rows
from services.sessions.storage.tables import sessions, venues

# Those that have a pitch.
ON = (Status.PLANNED.value, Status.STARTED.value)

NOW = select(func.clock_timestamp())

# The venue and the person's entry are read afterwards (AROUND): a join would look for the old
# ones while an edit or a press that has just been committed makes the locked row a new one.
LOCK_SESSION = (
    select(*rows.SESSION_COLUMNS, sessions.c.venue_id, func.clock_timestamp().label("now"))
    .where(sessions.c.id == bindparam("session_id"))
    .with_for_update(key_share=True)
)
# Sorted before they are locked: two groups wait for each other at the first session they share.
LOCK_SESSIONS = (
    select(*rows.SESSION_COLUMNS, sessions.c.venue_id)
    .where(sessions.c.id == func.any(bindparam("session_ids", type_=ARRAY(BigInteger))))
    .order_by(sessions.c.id)
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
            sessions.c.status.in_(ON),
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
    "registration_opens_at",
)
SAVE_SESSION = (
    update(sessions)
    .where(sessions.c.id == bindparam("of_session"))
    .values({name: bindparam(f"new_{name}") for name in SAVED})
)
