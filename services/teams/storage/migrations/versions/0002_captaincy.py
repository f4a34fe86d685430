"""Descriptions, shirt numbers, jobs for notices, sides."""

import sqlalchemy as sa
from alembic import op

from services.chassis.jobs import install

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """From 0001."""
    none = sa.text("0")
    said = sa.Column("description", sa.Text, nullable=False, server_default=sa.text("''"))
    op.add_column("teams", said)
    op.create_check_constraint("teams_description_bounded", "teams", "length(description) <= 3000")
    op.add_column(
        "members", sa.Column("shirt_number", sa.SmallInteger, nullable=False, server_default=none)
    )
    op.create_check_constraint("members_shirt", "members", "shirt_number BETWEEN 0 AND 25")
    _one_of_each("members_shirt_once", "members", "team_id")
    _create_sides()
    _create_side_players()
    install(op.get_bind())


def _create_sides() -> None:
    op.create_table(
        "sides",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("session_id", sa.BigInteger, nullable=False),
        sa.Column("number", sa.SmallInteger, nullable=False),
        # A team may end; the side it was stays.
        sa.Column("team_id", sa.BigInteger),
        sa.Column("name", sa.Text, nullable=False),
        sa.UniqueConstraint("session_id", "number", name="sides_number"),
        sa.CheckConstraint("number BETWEEN 1 AND 6", name="sides_number_bounded"),
    )


def _create_side_players() -> None:
    op.create_table(
        "side_players",
        sa.Column("side_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("user_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("session_id", sa.BigInteger, nullable=False),
        sa.Column("place", sa.SmallInteger, nullable=False),
        sa.Column("shirt_number", sa.SmallInteger, nullable=False),
        sa.ForeignKeyConstraint(["side_id"], ["sides.id"], ondelete="CASCADE"),
        sa.UniqueConstraint("session_id", "user_id", name="side_players_one_side"),
        sa.CheckConstraint("shirt_number BETWEEN 0 AND 25", name="side_players_shirt"),
    )
    _one_of_each("side_players_shirt_once", "side_players", "side_id")


def _one_of_each(name: str, table: str, within: str) -> None:
    chosen = sa.text("shirt_number > 0")
    columns = [within, "shirt_number"]
    op.create_index(name, table, columns, unique=True, postgresql_where=chosen)
