"""What lists of evenings need once there are years of them."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """From 0005."""
    op.create_index("sessions_starts_idx", "sessions", ["starts_at", "id"])
    _index("sessions_ending_idx", ["ends_at"], "status = 'planned'")
    _index("sessions_playing_idx", ["id"], "status = 'started'")
    # In place of the one over all that have ever been at the venue.
    _index("sessions_busy_idx", ["venue_id", "ends_at"], "status IN ('planned', 'started')")
    op.drop_index("sessions_venue_idx", "sessions")


def _index(name: str, columns: list[str], where: str) -> None:
    op.create_index(name, "sessions", columns, postgresql_where=sa.text(where))
