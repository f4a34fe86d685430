"""People who were deleted, in the order in which it happened; what export and retention look up."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """From 0003. The release before deletes nobody, and sees who was as somebody nameless."""
    op.create_table(
        "erasures",
        sa.Column("number", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("user_id", sa.BigInteger, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.UniqueConstraint("user_id", name="erasures_once"),
    )
    op.create_index("audit_actor", "audit", ["actor_id", "id"])
    op.create_index("audit_subject", "audit", ["subject_id", "id"])
    op.create_index("moves_person", "moves", ["person_id"])
    op.create_index("moves_asker", "moves", ["asker_id"])
