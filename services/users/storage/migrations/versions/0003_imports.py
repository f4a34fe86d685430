"""What was moved in from another bot."""

import sqlalchemy as sa
from alembic import op

from services.chassis.imports import imported_table

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """From 0002."""
    imported_table(sa.MetaData()).create(op.get_bind())
    # Whose image a person is, asked when another row names the same Telegram account.
    op.create_index("imported_ids", "imported", ["id"])
    op.create_table(
        "imported_accounts",
        sa.Column("legacy_id", sa.Text, primary_key=True),
        # The name with which he signed in there: people may remember each other by it.
        sa.Column("name", sa.Text, nullable=False),
    )
