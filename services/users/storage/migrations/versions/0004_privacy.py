"""People who were deleted, in the order in which it happened; what export and retention look up."""

import sqlalchemy as sa
from alembic import op

from services.chassis import grown_tables

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """From 0003. The release before deletes nobody, and sees who was as somebody nameless."""
    grown_tables.create_index("audit_actor", "audit", ["actor_id", "id"])
    grown_tables.create_index("audit_subject", "audit", ["subject_id", "id"])
    grown_tables.create_index("moves_person", "moves", ["person_id"])
    grown_tables.create_index("moves_asker", "moves", ["asker_id"])
    op.create_table(
        "erasures",
        sa.Column("number", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("user_id", sa.BigInteger, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.UniqueConstraint("user_id", name="erasures_once"),
    )
