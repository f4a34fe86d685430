"""Notices in groups, broadcasts behind all others, notices that wait for the morning."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """From 0001."""
    op.execute(
        "ALTER TABLE notices"
        " ADD COLUMN group_id text NOT NULL DEFAULT '',"
        " ADD COLUMN rank smallint NOT NULL DEFAULT 0,"
        " ADD COLUMN rests boolean NOT NULL DEFAULT false"
    )
    op.execute("CREATE INDEX notices_group ON notices (group_id) WHERE group_id <> ''")
    op.execute("DROP INDEX notices_open")
    op.execute(
        "CREATE INDEX notices_open ON notices (rank, seq)"
        " WHERE state IN ('pending', 'sending') AND NOT rests"
    )
    op.execute("CREATE INDEX notices_resting ON notices (next_attempt_at) WHERE rests")
    op.execute("DROP INDEX notices_open_by_user")
    op.execute(
        "CREATE INDEX notices_open_by_user ON notices (user_id, rank, seq)"
        " WHERE state IN ('pending', 'sending')"
    )
