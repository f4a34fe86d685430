"""How long what is of no use any more is kept in `sessions`, and what ends by time alone."""

from datetime import timedelta

from sqlalchemy import text

from services.chassis.cache import Cache
from services.chassis.db import Database
from services.chassis.jobs import Handler, Job, Jobs
from services.chassis.metrics import RETENTION_REMOVED
from services.chassis.retention import AUDIT, PARKED, PIECE, Rule, retaining
from services.sessions.domain.erasing import end_forgotten
from services.sessions.domain.values import SessionId
from services.sessions.storage.cache_keys import CacheKeys
from services.sessions.storage.outbox import Outbox
from services.sessions.storage.store import SqlStore

RECEIPTS = Rule(
    what="receipts",
    kept=timedelta(days=90),
    statement=text("""UPDATE payments SET receipt = NULL WHERE entry_id IN (
        SELECT p.entry_id FROM payments p JOIN entries e ON e.id = p.entry_id
            JOIN sessions s ON s.id = e.session_id
        WHERE p.receipt IS NOT NULL AND s.ends_at < now() - CAST(:kept AS interval) LIMIT :piece)
    """),
)
UNDECIDED_KEPT = timedelta(days=30)
"""After an evening's end: as long as it lasts, its organiser may still decide."""

# Money that was shown as paid and never confirmed stays where it is.
UNCONFIRMED = Rule(
    what="unconfirmed_payments",
    kept=UNDECIDED_KEPT,
    statement=text("""WITH forgotten AS (
        SELECT p.entry_id FROM payments p JOIN entries e ON e.id = p.entry_id
            JOIN sessions s ON s.id = e.session_id
        WHERE p.status = 'submitted' AND e.status NOT IN ('pending', 'waitlisted')
            AND s.ends_at < now() - CAST(:kept AS interval)
        ORDER BY p.entry_id LIMIT :piece FOR UPDATE OF p
    ), stays AS (
        UPDATE payments SET status = 'kept', changed_at = clock_timestamp() FROM forgotten
        WHERE payments.entry_id = forgotten.entry_id
        RETURNING payments.entry_id, payments.amount, payments.coupons
    )
    INSERT INTO payment_events (entry_id, actor_id, action, amount, coupons)
        SELECT entry_id, 0, 'kept', amount, coupons FROM stays"""),
)
RULES = (AUDIT, RECEIPTS, UNCONFIRMED, PARKED)

_FORGOTTEN = text("""SELECT DISTINCT s.id FROM entries e JOIN sessions s ON s.id = e.session_id
    WHERE e.status = 'pending' AND s.status = 'planned'
        AND s.ends_at < now() - CAST(:kept AS interval) ORDER BY s.id""")


def retaining_all(database: Database, cache: Cache, *, piece: int = PIECE) -> Handler:
    """The handler of RETAIN's jobs."""
    by_rules = retaining(database, RULES, piece=piece)

    async def retain(job: Job) -> None:
        await end_undecided(database, cache)
        await by_rules(job)

    return retain


async def end_undecided(database: Database, cache: Cache) -> int:
    """End the entries that nobody decided on, evening by evening; how many. Raises Unavailable."""
    jobs, ended = Jobs(), 0
    async with database.read_primary() as transaction:
        found = await transaction.execute(_FORGOTTEN, {"kept": UNDECIDED_KEPT})
        sessions = [SessionId(row.id) for row in found]
    for session_id in sessions:
        async with database.write() as transaction:
            store = SqlStore(transaction, Outbox(transaction, jobs, CacheKeys(cache)))
            gone = await end_forgotten(store, session_id, UNDECIDED_KEPT)
        RETENTION_REMOVED.labels("undecided_entries").inc(gone)
        ended += gone
    return ended
