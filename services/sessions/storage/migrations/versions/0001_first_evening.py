"""Venues, sessions, entries; the outcomes of requests; the job queue."""

import sqlalchemy as sa
from alembic import op

from services.chassis.jobs import install
from services.chassis.once import requests_table

revision = "0001"
down_revision = None


def upgrade() -> None:
    """From nothing."""
    _create_venues()
    _create_sessions()
    _create_entries()
    requests_table(sa.MetaData()).create(op.get_bind())
    install(op.get_bind())


def _create_venues() -> None:
    op.create_table(
        "venues",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("time_zone", sa.Text, nullable=False),
        _moment("used_at"),
        sa.UniqueConstraint("name", "time_zone", name="venues_name_time_zone_key"),
    )


def _create_sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("venue_id", sa.BigInteger, sa.ForeignKey("venues.id"), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("format", sa.Text, nullable=False),
        sa.Column("price", sa.BigInteger, nullable=False),
        sa.Column("capacity", sa.SmallInteger, nullable=False),
        sa.Column("taken", sa.SmallInteger, nullable=False, server_default=sa.text("0")),
        sa.Column("waitlisted", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("status", sa.Text, nullable=False, server_default=sa.text("'planned'")),
        sa.Column("organiser_id", sa.BigInteger, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False, server_default=sa.text("1")),
        sa.Column("turns", sa.BigInteger, nullable=False, server_default=sa.text("0")),
        _moment("created_at"),
        sa.CheckConstraint("taken BETWEEN 0 AND capacity", name="sessions_taken_check"),
        sa.CheckConstraint("capacity BETWEEN 2 AND 100", name="sessions_capacity_check"),
        sa.CheckConstraint("waitlisted >= 0", name="sessions_waitlisted_check"),
        sa.CheckConstraint("price >= 0", name="sessions_price_check"),
        sa.CheckConstraint("ends_at > starts_at", name="sessions_times_check"),
        sa.CheckConstraint("status IN ('planned', 'cancelled')", name="sessions_status_check"),
    )
    planned = sa.text("status = 'planned'")
    op.create_index(
        "sessions_coming_idx", "sessions", ["starts_at", "id"], postgresql_where=planned
    )
    op.create_index("sessions_venue_idx", "sessions", ["venue_id", "starts_at"])


def _create_entries() -> None:
    op.create_table(
        "entries",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("session_id", sa.BigInteger, sa.ForeignKey("sessions.id"), nullable=False),
        sa.Column("user_id", sa.BigInteger, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("turn", sa.BigInteger, nullable=False),
        _moment("created_at"),
        _moment("changed_at"),
        sa.CheckConstraint(
            "status IN ('confirmed', 'waitlisted', 'cancelled')", name="entries_status_check"
        ),
        sa.UniqueConstraint("session_id", "turn", name="entries_turn_key"),
    )
    active = sa.text("status <> 'cancelled'")
    pair = ["session_id", "user_id"]
    op.create_index("entries_active_key", "entries", pair, unique=True, postgresql_where=active)
    order = ["session_id", "status", "turn"]
    op.create_index("entries_order_idx", "entries", order, postgresql_where=active)
    op.create_index("entries_person_idx", "entries", ["user_id"], postgresql_where=active)


def _moment(name: str) -> sa.Column[object]:
    now = sa.func.clock_timestamp()
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False, server_default=now)
