"""What the stores hold after a run, as plain values for the judge."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from services.local.stores.sql import Connection
from tests.faults.seed import Stage

ACTIVE = ("pending", "confirmed", "waitlisted")


class SessionRow(NamedTuple):
    """A session's own numbers."""

    id: int
    capacity: int
    taken: int
    waitlisted: int
    price: int


class Entry(NamedTuple):
    """Somebody's place, wait, or what is left of it."""

    id: int
    session: int
    person: int
    status: str
    turn: int
    active_players: int


class Seat(NamedTuple):
    """A player in one side of an evening."""

    session: int
    side: int
    person: int
    by: str
    """Whose table says so: sessions or teams."""
    teams: bool


class Paid(NamedTuple):
    """An entry's payment and its newest event."""

    entry: int
    amount: int
    status: str
    last_amount: int | None
    last_action: str | None


class Told(NamedTuple):
    """A notice, as the sender keeps it."""

    id: str
    person: int
    kind: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EndState:
    """Of one stage."""

    sessions: Sequence[SessionRow] = ()
    entries: Sequence[Entry] = ()
    seats: Sequence[Seat] = ()
    payments: Sequence[Paid] = ()
    notices: Sequence[Told] = ()
    requests: Mapping[int, int] = field(default_factory=dict)
    """How many outcomes are stored of each update's first write."""
    outbox: int = 0
    """Notices that should have left by now."""
    oldest_outbox: float = 0.0
    """Seconds since the oldest of them was due."""
    parked: int = 0
    sent: Mapping[tuple[int, str], int] = field(default_factory=Counter)
    """How often each chat was sent each text, of notices."""
    leaks: Sequence[str] = ()


SESSIONS = """
SELECT id, capacity, taken, waitlisted, price FROM sessions.sessions WHERE id = ANY($1)"""
ENTRIES = """
SELECT e.id, e.session_id AS session, p.telegram_id AS person, e.status, e.turn,
       (SELECT count(*) FROM sessions.entry_players AS player
        WHERE player.entry_id = e.id AND player.active) AS active_players
FROM sessions.entries AS e JOIN users.people AS p ON p.id = e.user_id
WHERE e.session_id = ANY($1) ORDER BY e.session_id, e.turn"""
SEATS = """
SELECT l.session_id AS session, l.side_id AS side, p.telegram_id AS person, 'sessions' AS by,
       l.team_id IS NOT NULL AS teams
FROM sessions.line_ups AS l JOIN sessions.line_up_players AS s USING (side_id)
JOIN users.people AS p ON p.id = s.user_id WHERE l.session_id = ANY($1)
UNION ALL
SELECT l.session_id, l.id, p.telegram_id, 'teams', l.team_id IS NOT NULL
FROM teams.sides AS l JOIN teams.side_players AS s ON s.side_id = l.id
JOIN users.people AS p ON p.id = s.user_id WHERE l.session_id = ANY($1)"""
PAYMENTS = """
SELECT y.entry_id AS entry, y.amount, y.status, v.amount AS last_amount, v.action AS last_action
FROM sessions.payments AS y JOIN sessions.entries AS e ON e.id = y.entry_id
LEFT JOIN LATERAL (SELECT amount, action FROM sessions.payment_events AS v
                   WHERE v.entry_id = y.entry_id ORDER BY v.id DESC LIMIT 1) AS v ON true
WHERE e.session_id = ANY($1)"""
NOTICES = """
SELECT n.notice_id AS id, p.telegram_id AS person, n.kind, n.state
FROM sender.notices AS n JOIN users.people AS p ON p.id = n.user_id
WHERE p.telegram_id BETWEEN $1 AND $2"""
REQUESTS = """
SELECT split_part(request_id, ':', 3)::bigint AS update, count(*) AS outcomes
FROM sessions.requests
WHERE request_id LIKE 'tg:%:0' AND split_part(request_id, ':', 3)::bigint >= $1 GROUP BY 1"""
OUTBOX = """
SELECT count(*) AS rows, coalesce(max(extract(epoch FROM now() - execute_after)), 0) AS oldest
FROM sessions.pgqueuer WHERE entrypoint = 'notice' AND status IN ('queued', 'picked')
    AND execute_after <= now()"""
OPEN_NOTICES = """
SELECT count(*) AS rows, coalesce(max(extract(epoch FROM now() - created_at)), 0) AS oldest
FROM sender.notices WHERE state IN ('pending', 'sending') AND NOT rests"""
PARKED = "SELECT count(*) FROM sessions.pgqueuer WHERE status = 'failed'"


async def outbox(connection: Connection) -> tuple[int, float]:
    """How many notices are on their way, and the oldest's age in seconds."""
    rows = [(await connection.fetch(query))[0] for query in (OUTBOX, OPEN_NOTICES)]
    return sum(row["rows"] for row in rows), max(float(row["oldest"]) for row in rows)


async def read_seats(connection: Connection, stage: Stage) -> Sequence[Seat]:
    """Who plays on which side, once they are drawn."""
    return [Seat(**row) for row in await connection.fetch(SEATS, list(stage.sessions))]


async def read_end(
    connection: Connection,
    stage: Stage,
    *,
    first_update: int,
    sent: Mapping[tuple[int, str], int],
    leaks: Sequence[str],
) -> EndState:
    """Everything of this stage but the seats; `first_update`: the run's updates have this id or a
    higher one."""
    ids, people = list(stage.sessions), stage.people
    waiting, oldest = await outbox(connection)
    requests = await connection.fetch(REQUESTS, first_update)
    return EndState(
        sessions=[SessionRow(**row) for row in await connection.fetch(SESSIONS, ids)],
        entries=[Entry(**row) for row in await connection.fetch(ENTRIES, ids)],
        payments=[Paid(**row) for row in await connection.fetch(PAYMENTS, ids)],
        notices=[Told(**row) for row in await connection.fetch(NOTICES, people[0], people[-1])],
        requests={row["update"]: row["outcomes"] for row in requests},
        outbox=waiting,
        oldest_outbox=oldest,
        parked=await connection.fetchval(PARKED),
        sent={key: count for key, count in sent.items() if key[0] in people},
        leaks=leaks,
    )
