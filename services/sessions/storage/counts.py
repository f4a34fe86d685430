"""How the league stands, counted over what is to come and what has just been: by indexes, never
over all that ever was."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from services.chassis.db import ReadTransaction

SESSIONS = text("""SELECT
    count(*) FILTER (WHERE s.status = 'planned') AS planned,
    count(*) FILTER (WHERE s.status = 'started') AS started,
    count(*) FILTER (WHERE s.status = 'planned' AND s.taken >= s.capacity) AS full,
    coalesce(sum(s.taken) FILTER (WHERE s.status = 'planned'), 0) AS taken,
    coalesce(sum(s.capacity - s.taken) FILTER (WHERE s.status = 'planned'), 0) AS free,
    coalesce(sum(s.waitlisted) FILTER (WHERE s.status = 'planned'), 0) AS waitlisted,
    count(*) FILTER (WHERE held.places > s.capacity) AS overbooked
    FROM sessions s
    CROSS JOIN LATERAL (
        SELECT sum(e.places) AS places FROM entries e
        WHERE e.session_id = s.id AND e.status IN ('pending', 'confirmed')
    ) held
    WHERE (s.status = 'planned' AND s.ends_at > now()) OR s.status = 'started'""")
UNDECIDED = text("SELECT count(*) AS undecided FROM entries WHERE status = 'pending'")
PAYMENTS = text("""SELECT p.status, count(*) AS payments, sum(p.amount) AS amount
    FROM sessions s JOIN entries e ON e.session_id = s.id JOIN payments p ON p.entry_id = e.id
    WHERE s.starts_at > now() - interval '2 days'
    AND p.status IN ('due', 'submitted', 'refund_due')
    GROUP BY p.status""")
OPEN_PAYMENTS = ("due", "submitted", "refund_due")


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The figures of one moment. Money by payment status: how many, and so'm in all."""

    planned: int
    started: int
    full: int
    taken: int
    free: int
    waitlisted: int
    overbooked: int
    undecided: int
    payments: Mapping[str, tuple[int, int]]


async def standing(transaction: ReadTransaction) -> Standing:
    """How the league stands now."""
    sessions: Any = (await transaction.execute(SESSIONS)).one()
    undecided: Any = (await transaction.execute(UNDECIDED)).one()
    open_ones = {
        row.status: (row.payments, int(row.amount)) for row in await transaction.execute(PAYMENTS)
    }
    return Standing(
        **sessions._mapping,
        undecided=undecided.undecided,
        payments={status: open_ones.get(status, (0, 0)) for status in OPEN_PAYMENTS},
    )
