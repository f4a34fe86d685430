"""What the schema `sessions` knows of one person, as it is shown to him: from the primary."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import text

from services.chassis.db import Database
from services.chassis.exports import rows
from services.sessions.domain.known import Attended
from services.sessions.domain.values import UserId

_HIS = """(SELECT id FROM entries WHERE user_id = :me
    UNION SELECT entry_id FROM entry_players WHERE user_id = :me)"""
# The money of an entry is its maker's business, as is what an organiser wrote about it.
_REGISTRATIONS = text(f"""SELECT e.id AS entry_id, e.session_id, v.name AS venue, s.starts_at,
    s.ends_at, s.status AS session_status, e.status, e.kind, e.team_id, e.places, e.created_at,
    e.changed_at, e.user_id = :me AS registered_by_you, p.entry_id IS NOT NULL AS playing,
    p.attended, pay.amount, pay.coupons, pay.status AS payment, pay.receipt AS receipt_file_id,
    CASE WHEN e.user_id = :me THEN e.reason ELSE '' END AS reason
    FROM entries e JOIN sessions s ON s.id = e.session_id JOIN venues v ON v.id = s.venue_id
    LEFT JOIN entry_players p ON p.entry_id = e.id AND p.user_id = :me
    LEFT JOIN payments pay ON pay.entry_id = e.id AND e.user_id = :me
    WHERE e.id IN {_HIS} ORDER BY e.id DESC LIMIT :most""")  # noqa: S608 - no part is anybody's word
_PAYMENTS = text("""SELECT v.at, v.entry_id, v.action, v.amount, v.coupons, v.note
    FROM payment_events v JOIN entries e ON e.id = v.entry_id
    WHERE e.user_id = :me ORDER BY v.id DESC LIMIT :most""")
_COUPONS = text("""SELECT id, status, session_id, issued_at, entry_id, used_at FROM coupons
    WHERE user_id = :me ORDER BY id DESC LIMIT :most""")
_MATCHES = text("""SELECT l.session_id, l.number AS side, l.name AS side_name, m.number AS match,
    m.home_score, m.away_score, m.home_side_id = l.side_id AS at_home, m.status
    FROM line_up_players p JOIN line_ups l ON l.side_id = p.side_id
    LEFT JOIN matches m ON l.side_id IN (m.home_side_id, m.away_side_id)
        AND m.session_id = l.session_id
    WHERE p.user_id = :me ORDER BY l.session_id DESC, m.number LIMIT :most""")
_GOALS = text("""SELECT m.session_id, m.number AS match, g.at, g.scorer_id = :me AS scored,
    g.assist_id = :me AS assisted, g.undone
    FROM line_up_players p JOIN line_ups l ON l.side_id = p.side_id
    JOIN matches m ON m.session_id = l.session_id JOIN goals g ON g.match_id = m.id
    WHERE p.user_id = :me AND (g.scorer_id = :me OR g.assist_id = :me)
    ORDER BY g.id DESC LIMIT :most""")
_FIGURES = text("""SELECT season, goals, assists, wins, matches, sessions, man_of_session,
    doubled_points / 2.0::float8 AS points FROM figures WHERE user_id = :me ORDER BY season""")
# What was noted of others is theirs.
_AUDIT = text("""SELECT at, action, session_id, actor_id = :me AS by_you,
    subject_id IS NOT DISTINCT FROM :me AS about_you,
    CASE WHEN subject_id = :me OR subject_id IS NULL THEN note ELSE '' END AS note
    FROM audit WHERE actor_id = :me OR subject_id = :me ORDER BY id DESC LIMIT :most""")
_SETTINGS = text(
    "SELECT payee, requisites, default_price FROM organiser_settings WHERE user_id = :me"
)
_BROADCASTS = text("""SELECT id, session_id, text, status, created_at FROM broadcasts
    WHERE author_id = :me ORDER BY id DESC LIMIT :most""")
PARTS = {
    "registrations": _REGISTRATIONS,
    "payments": _PAYMENTS,
    "coupons": _COUPONS,
    "matches": _MATCHES,
    "goals": _GOALS,
    "figures": _FIGURES,
    "audit": _AUDIT,
    "organiser_settings": _SETTINGS,
    "broadcasts": _BROADCASTS,
}
"""By its name in the document."""

_EVENINGS = text(f"""SELECT s.id AS session_id, v.name AS venue_name, s.starts_at, s.ends_at,
    bool_and(s.status = 'cancelled' OR e.status IN ('cancelled', 'rejected')) AS cancelled,
    s.version
    FROM entries e JOIN sessions s ON s.id = e.session_id JOIN venues v ON v.id = s.venue_id
    WHERE e.id IN {_HIS}
    GROUP BY s.id, v.name ORDER BY s.starts_at DESC LIMIT :most""")  # noqa: S608 - nor here


class SqlKnown:
    """`domain.known.Known` over Postgres."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, user_id: UserId) -> tuple[Mapping[str, Any], list[Attended]]:
        """All that is kept of a person, and his evenings, the oldest first."""
        me = {"me": user_id}
        async with self._database.read_primary() as transaction:
            found = {name: await rows(transaction, part, me) for name, part in PARTS.items()}
            evenings = await rows(transaction, _EVENINGS, me)
        return found, [Attended(**row) for row in reversed(evenings)]
