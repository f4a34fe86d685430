"""Whom this service has erased; what export, erasing and retention look up."""

import sqlalchemy as sa
from alembic import op

from services.chassis import grown_tables
from services.chassis.erasures import erased_table

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """From 0008."""
    grown_tables.create_index("entries_user_idx", "entries", ["user_id", "id"])
    grown_tables.create_index("entry_players_user_idx", "entry_players", ["user_id", "entry_id"])
    grown_tables.create_index("line_up_players_user_idx", "line_up_players", ["user_id"])
    grown_tables.create_index("audit_actor_idx", "audit", ["actor_id", "id"])
    grown_tables.create_index("audit_subject_idx", "audit", ["subject_id", "id"])
    grown_tables.create_index(
        "payments_receipt_idx", "payments", ["entry_id"], where="receipt IS NOT NULL"
    )
    erased_table(sa.MetaData()).create(op.get_bind())
