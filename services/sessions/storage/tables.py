"""The tables of schema `sessions`, as the newest migration leaves them."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    func,
    text,
)

from services.chassis.once import requests_table

metadata = MetaData()

venues = Table(
    "venues",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("name", Text, nullable=False),
    Column("time_zone", Text, nullable=False),
    Column(
        "used_at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()
    ),
    UniqueConstraint("name", "time_zone", name="venues_name_time_zone_key"),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("venue_id", BigInteger, ForeignKey("venues.id"), nullable=False),
    Column("starts_at", DateTime(timezone=True), nullable=False),
    Column("ends_at", DateTime(timezone=True), nullable=False),
    Column("format", Text, nullable=False),
    Column("price", BigInteger, nullable=False),
    Column("capacity", SmallInteger, nullable=False),
    Column("taken", SmallInteger, nullable=False, server_default=text("0")),
    Column("waitlisted", Integer, nullable=False, server_default=text("0")),
    Column("status", Text, nullable=False, server_default=text("'planned'")),
    Column("organiser_id", BigInteger, nullable=False),
    Column("version", BigInteger, nullable=False, server_default=text("1")),
    Column("turns", BigInteger, nullable=False, server_default=text("0")),
    Column(
        "created_at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()
    ),
    # The last guard of the promise that no place is sold twice.
    CheckConstraint("taken BETWEEN 0 AND capacity", name="sessions_taken_check"),
    CheckConstraint("capacity BETWEEN 2 AND 100", name="sessions_capacity_check"),
    CheckConstraint("waitlisted >= 0", name="sessions_waitlisted_check"),
    CheckConstraint("price >= 0", name="sessions_price_check"),
    CheckConstraint("ends_at > starts_at", name="sessions_times_check"),
    CheckConstraint("status IN ('planned', 'cancelled')", name="sessions_status_check"),
    Index("sessions_coming_idx", "starts_at", "id", postgresql_where=text("status = 'planned'")),
    Index("sessions_venue_idx", "venue_id", "starts_at"),
)

# Who left keeps his row, cancelled: what happened can be looked up.
entries = Table(
    "entries",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("session_id", BigInteger, ForeignKey("sessions.id"), nullable=False),
    Column("user_id", BigInteger, nullable=False),
    Column("status", Text, nullable=False),
    Column("turn", BigInteger, nullable=False),
    Column(
        "created_at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()
    ),
    Column(
        "changed_at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()
    ),
    CheckConstraint(
        "status IN ('confirmed', 'waitlisted', 'cancelled')", name="entries_status_check"
    ),
    UniqueConstraint("session_id", "turn", name="entries_turn_key"),
    Index(
        "entries_active_key",
        "session_id",
        "user_id",
        unique=True,
        postgresql_where=text("status <> 'cancelled'"),
    ),
    Index(
        "entries_order_idx",
        "session_id",
        "status",
        "turn",
        postgresql_where=text("status <> 'cancelled'"),
    ),
    Index("entries_person_idx", "user_id", postgresql_where=text("status <> 'cancelled'")),
)

requests = requests_table(metadata)
