"""What waits for an organiser is found without a look at each coming evening."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """From 0006."""
    _index("entries_pending_idx", "entries", "session_id", "pending")
    _index("payments_submitted_idx", "payments", "entry_id", "submitted")


def _index(name: str, table: str, column: str, status: str) -> None:
    op.create_index(name, table, [column], postgresql_where=sa.text(f"status = '{status}'"))
