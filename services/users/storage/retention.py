"""How long what is told in `users` of acts and wishes is kept."""

from datetime import timedelta

from sqlalchemy import text

from services.chassis.retention import AUDIT, Rule

MOVES = Rule(
    what="moves",
    kept=timedelta(days=90),
    # One that nobody has decided in so long is not wished any more.
    statement=text("""DELETE FROM moves WHERE id IN (
        SELECT id FROM moves WHERE coalesce(decided_at, asked_at) < now() - CAST(:kept AS interval)
        ORDER BY id LIMIT :piece)"""),
)
RULES = (AUDIT, MOVES)
