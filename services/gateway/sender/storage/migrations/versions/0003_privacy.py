"""Whom this service has erased; a person's notices, settled ones too, are found by him."""

import sqlalchemy as sa
from alembic import op

from services.chassis import grown_tables
from services.chassis.erasures import erased_table

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """From 0002."""
    grown_tables.create_index("notices_user", "notices", ["user_id"])
    erased_table(sa.MetaData()).create(op.get_bind())
