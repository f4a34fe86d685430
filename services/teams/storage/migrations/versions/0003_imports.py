"""What was moved in from another bot."""

import sqlalchemy as sa
from alembic import op

from services.chassis.imports import imported_table

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """From 0002."""
    imported_table(sa.MetaData()).create(op.get_bind())
