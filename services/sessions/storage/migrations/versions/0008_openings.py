"""When registration opens; and whom a venue's last evenings brought, to reckon with at the next."""

import sqlalchemy as sa
from alembic import op

from services.chassis import grown_tables

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """From 0007. The release before sees nothing of it, and lets people in at once."""
    opens_at = sa.Column("registration_opens_at", sa.DateTime(timezone=True))
    op.add_column("sessions", opens_at, if_not_exists=True)
    grown_tables.create_index(
        "sessions_opening_idx",
        "sessions",
        ["registration_opens_at", "id"],
        where="status = 'planned' AND registration_opens_at IS NOT NULL",
    )
    grown_tables.create_index("sessions_venue_idx", "sessions", ["venue_id", "starts_at"])
