"""Whom this service has erased; what erasing and retention look up."""

import sqlalchemy as sa
from alembic import op

from services.chassis import grown_tables
from services.chassis.erasures import erased_table

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """From 0003."""
    grown_tables.create_index("invitations_expired", "invitations", ["expires_at"])
    grown_tables.create_index("side_players_person", "side_players", ["user_id"])
    erased_table(sa.MetaData()).create(op.get_bind())
