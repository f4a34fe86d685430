"""The port `BroadcastStore` over a transaction, and what the worker does with a broadcast.

A broadcast goes to the sender in pages, each a job that knows where it begins. While a page is
handed over, its broadcast is held by a lock of its own, so that what is dropped after a stop is
all there is; the row stays free, so that a stop never waits for the sender.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, case, func, insert, select, union, update

from services.chassis.db import ReadTransaction, WriteTransaction
from services.chassis.jobs import Jobs
from services.sessions.domain.broadcasts import Broadcast, BroadcastId, BroadcastStatus
from services.sessions.domain.values import Session, SessionId, UserId
from services.sessions.storage import rows
from services.sessions.storage.audit import Audit
from services.sessions.storage.broadcasts_tables import broadcasts
from services.sessions.storage.tables import entries, entry_players, sessions, venues

HAND_OVER, DROP = "broadcast", "broadcast_stop"
"""The jobs; their payloads are `page` and the broadcast's id."""

# Tells the broadcasts' locks from other advisory locks of the database.
LOCK_SPACE = 0x62636173
ACTIVE = ("pending", "confirmed", "waitlisted")


def page(broadcast_id: BroadcastId, after: UserId) -> bytes:
    """The payload of the page that begins after this person."""
    return f"{broadcast_id} {after}".encode()


def page_of(payload: bytes) -> tuple[BroadcastId, UserId]:
    """What `page` made."""
    broadcast_id, after = payload.decode().split()
    return BroadcastId(int(broadcast_id)), UserId(int(after))


class SqlBroadcastReads:
    """BroadcastReads on any transaction."""

    def __init__(self, transaction: ReadTransaction) -> None:
        self._reading = transaction

    async def session(self, session_id: SessionId) -> Session | None:
        """With its venue."""
        statement = (
            select(*rows.SESSION_COLUMNS, *rows.VENUE_COLUMNS)
            .join(venues, venues.c.id == sessions.c.venue_id)
            .where(sessions.c.id == session_id)
        )
        row = (await self._reading.execute(statement)).one_or_none()
        return rows.session(row, rows.venue(row)) if row else None

    async def count_people(self, session_id: SessionId) -> int:
        """Captains who do not play are counted too."""
        people = _people(session_id).subquery()
        counted = await self._reading.execute(select(func.count()).select_from(people))
        return int(counted.scalar_one())

    async def broadcast(self, broadcast_id: BroadcastId) -> Broadcast | None:
        """As it is committed."""
        statement = select(broadcasts).where(broadcasts.c.id == broadcast_id)
        row = (await self._reading.execute(statement)).one_or_none()
        return _broadcast(row) if row else None

    async def people(self, session_id: SessionId, after: UserId, count: int) -> list[UserId]:
        """A page of those whom a broadcast to the session goes to."""
        people = _people(session_id).subquery()
        statement = (
            select(people.c.user_id)
            .where(people.c.user_id > after)
            .order_by(people.c.user_id)
            .limit(count)
        )
        found = await self._reading.execute(statement)
        return [UserId(row.user_id) for row in found]


class SqlBroadcasts(SqlBroadcastReads):
    """BroadcastStore; the jobs are the transaction's own."""

    def __init__(self, transaction: WriteTransaction, jobs: Jobs) -> None:
        super().__init__(transaction)
        self._transaction = transaction
        self._jobs = jobs

    async def open(
        self, author: UserId, session_id: SessionId | None, text: str, total: int
    ) -> Broadcast:
        """With its first page's job and its row in the audit."""
        made = await self._transaction.execute(
            insert(broadcasts)
            .values(author_id=author, session_id=session_id, text=text, total=total)
            .returning(broadcasts)
        )
        broadcast = _broadcast(made.one())
        await self._enqueue_page(broadcast.id, broadcast.cursor)
        await self._record(author, "broadcast.create", broadcast)
        return broadcast

    async def stop(self, broadcast: Broadcast, actor: UserId) -> Broadcast:
        """With the job that drops what has not left, and a row in the audit."""
        stopped = await self._transaction.execute(
            update(broadcasts)
            .where(broadcasts.c.id == broadcast.id)
            .values(status=BroadcastStatus.STOPPED.value)
            .returning(broadcasts)
        )
        await self._jobs.enqueue(self._transaction, DROP, [str(broadcast.id).encode()])
        await self._record(actor, "broadcast.stop", broadcast)
        return _broadcast(stopped.one())

    async def hold(self, broadcast_id: BroadcastId) -> None:
        """Until the transaction ends, nobody else hands it over or drops it. Waits for who does;
        StoreBusy after a second."""
        await self._transaction.execute(
            select(func.pg_advisory_xact_lock(LOCK_SPACE, broadcast_id % 2**31))
        )

    async def handed_over(self, broadcast: Broadcast, people: Sequence[UserId]) -> None:
        """These were given to the sender; then come the next, unless it is at its end or was
        stopped meanwhile."""
        running = broadcasts.c.status == BroadcastStatus.RUNNING.value
        at_end = BroadcastStatus.DONE.value if not people else broadcasts.c.status
        moved = {
            "handed": broadcasts.c.handed + len(people),
            "cursor": people[-1] if people else broadcasts.c.cursor,
        }
        await self._transaction.execute(
            update(broadcasts)
            .where(broadcasts.c.id == broadcast.id)
            .values(status=case((running, at_end), else_=broadcasts.c.status), **moved)
        )
        if people:
            await self._enqueue_page(broadcast.id, people[-1])

    async def _enqueue_page(self, broadcast_id: BroadcastId, after: UserId) -> None:
        await self._jobs.enqueue(self._transaction, HAND_OVER, [page(broadcast_id, after)])

    async def _record(self, actor: UserId, action: str, broadcast: Broadcast) -> None:
        await Audit(self._transaction).record(
            actor, action, session_id=broadcast.session_id, note=str(broadcast.id)
        )


def _people(session_id: SessionId) -> Any:
    """Who plays or waits, and who registered them."""
    playing = select(entry_players.c.user_id).where(
        entry_players.c.session_id == session_id, entry_players.c.active
    )
    registered = select(entries.c.user_id).where(
        entries.c.session_id == session_id, entries.c.status.in_(ACTIVE)
    )
    return union(playing, registered)


def _broadcast(row: Row[Any]) -> Broadcast:
    return Broadcast(
        id=BroadcastId(row.id),
        session_id=None if row.session_id is None else SessionId(row.session_id),
        author_id=UserId(row.author_id),
        text=row.text,
        status=BroadcastStatus(row.status),
        total=row.total,
        handed=row.handed,
        cursor=UserId(row.cursor),
        created_at=row.created_at,
    )
