"""Organisers' settings, broadcasts, reminders."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """From 0003."""
    op.create_table(
        "organiser_settings",
        sa.Column("user_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("payee", sa.Text, nullable=False, server_default=sa.text("''")),
        sa.Column("requisites", sa.Text, nullable=False, server_default=sa.text("''")),
        sa.Column("default_price", sa.BigInteger, nullable=False, server_default=sa.text("40000")),
    )
    op.create_table(
        "broadcasts",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("session_id", sa.BigInteger, sa.ForeignKey("sessions.id")),
        sa.Column("author_id", sa.BigInteger, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False, server_default=sa.text("'running'")),
        sa.Column("total", sa.Integer, nullable=False),
        sa.Column("handed", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("cursor", sa.BigInteger, nullable=False, server_default=sa.text("0")),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            nullable=False,
            server_default=sa.func.clock_timestamp(),
        ),
        sa.CheckConstraint(
            "status IN ('running', 'done', 'stopped')", name="broadcasts_status_check"
        ),
    )
    op.create_table(
        "reminders",
        sa.Column("session_id", sa.BigInteger, sa.ForeignKey("sessions.id"), primary_key=True),
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), primary_key=True),
        sa.Column(
            "at",
            sa.DateTime(timezone=True),
            nullable=False,
            server_default=sa.func.clock_timestamp(),
        ),
        sa.CheckConstraint("kind IN ('day', 'hours')", name="reminders_kind_check"),
    )
