"""The port `Openings`: one query on a replica if one serves."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Text, func, literal_column, select, tuple_

from services.chassis.db import Database
from services.sessions.domain.openings import LAST_SESSIONS, AfterOpening, Opening
from services.sessions.domain.values import SessionId, Status
from services.sessions.storage.tables import entries, sessions

_opens_at = sessions.c.registration_opens_at


class SqlOpenings:
    """Over the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def between(
        self, since: datetime, until: datetime, after: AfterOpening | None, count: int
    ) -> Sequence[Opening]:
        """Of planned sessions, those in [since, until), the soonest first."""
        query = _OPENINGS.where(_opens_at >= since, _opens_at < until)
        if after is not None:
            place = tuple_(_opens_at, sessions.c.id)
            query = query.where(place > tuple_(after.opens_at, after.session_id))
        query = query.order_by(_opens_at, sessions.c.id).limit(count)
        async with self._database.read() as transaction:
            return [
                Opening(
                    session_id=SessionId(row.id),
                    opens_at=row.registration_opens_at,
                    capacity=row.capacity,
                    regulars=row.regulars,
                )
                for row in await transaction.execute(query)
            ]


_last = sessions.alias("last")
_theirs = (
    select(_last.c.id)
    .where(
        _last.c.venue_id == sessions.c.venue_id,
        _last.c.starts_at < func.now(),
        _last.c.status != Status.CANCELLED.value,
    )
    .correlate(sessions)
    .order_by(_last.c.starts_at.desc())
    .limit(LAST_SESSIONS)
)
_regulars = (
    select(func.count(entries.c.user_id.distinct()))
    .where(entries.c.session_id == func.any(func.array(_theirs.scalar_subquery())))
    .correlate(sessions)
    .scalar_subquery()
)
# The status is part of the text: only so a plan that is kept can use the partial index.
_OPENINGS = select(
    sessions.c.id, _opens_at, sessions.c.capacity, _regulars.label("regulars")
).where(
    sessions.c.status == literal_column(f"'{Status.PLANNED.value}'", Text),
    _opens_at.is_not(None),
)
