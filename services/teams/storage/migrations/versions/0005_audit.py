"""Who did what in a team, and who tried what he may not."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """From 0004."""
    op.create_table(
        "audit",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.Column("actor_id", sa.BigInteger, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("team_id", sa.BigInteger),
        sa.Column("subject_id", sa.BigInteger),
        sa.Column("note", sa.Text, nullable=False, server_default=sa.text("''")),
    )
    op.create_index("audit_team", "audit", ["team_id", "id"])
