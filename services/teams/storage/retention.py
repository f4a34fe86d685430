"""How long what is of no use any more is kept in `teams`."""

from datetime import timedelta

from sqlalchemy import text

from services.chassis.retention import AUDIT, PARKED, Rule

INVITATIONS = Rule(
    what="invitations",
    # They have expired; a day longer, so that no clock is in doubt.
    kept=timedelta(days=1),
    statement=text("""DELETE FROM invitations WHERE fingerprint IN (
        SELECT fingerprint FROM invitations WHERE expires_at < now() - CAST(:kept AS interval)
        ORDER BY expires_at LIMIT :piece)"""),
)
RULES = (AUDIT, INVITATIONS, PARKED)
