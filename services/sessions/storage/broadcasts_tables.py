"""Broadcasts and reminders, on the same metadata as all tables of schema `sessions`."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Integer,
    Table,
    Text,
    func,
    text,
)

from services.sessions.storage.tables import metadata

broadcasts = Table(
    "broadcasts",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("session_id", BigInteger, ForeignKey("sessions.id")),
    Column("author_id", BigInteger, nullable=False),
    Column("text", Text, nullable=False),
    Column("status", Text, nullable=False, server_default=text("'running'")),
    Column("total", Integer, nullable=False),
    Column("handed", Integer, nullable=False, server_default=text("0")),
    # The last person who was handed to the sender, by his id.
    Column("cursor", BigInteger, nullable=False, server_default=text("0")),
    Column(
        "created_at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()
    ),
    CheckConstraint("status IN ('running', 'done', 'stopped')", name="broadcasts_status_check"),
)

# One row for each reminder that was told; a session that moves has a new start, so new rows.
reminders = Table(
    "reminders",
    metadata,
    Column("session_id", BigInteger, ForeignKey("sessions.id"), primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("starts_at", DateTime(timezone=True), primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
    CheckConstraint("kind IN ('day', 'hours')", name="reminders_kind_check"),
)
