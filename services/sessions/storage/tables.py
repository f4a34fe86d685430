"""The tables of schema `sessions`, as the newest migration leaves them.

Those of the evening, of the league and of the move-in are in modules beside, on the same metadata.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
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
    false,
    func,
    text,
    true,
)

from services.chassis.erasures import erased_table
from services.chassis.once import requests_table

metadata = MetaData()

_ACTIVE = text("status IN ('pending', 'confirmed', 'waitlisted')")


def _moment(name: str) -> Column[Any]:
    now = func.clock_timestamp()
    return Column(name, DateTime(timezone=True), nullable=False, server_default=now)


def _text(name: str, default: str = "") -> Column[Any]:
    return Column(name, Text, nullable=False, server_default=text(f"'{default}'"))


venues = Table(
    "venues",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("name", Text, nullable=False),
    Column("time_zone", Text, nullable=False),
    _moment("used_at"),
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
    _text("status", "planned"),
    Column("organiser_id", BigInteger, nullable=False),
    Column("version", BigInteger, nullable=False, server_default=text("1")),
    Column("turns", BigInteger, nullable=False, server_default=text("0")),
    Column("squad_size", SmallInteger, nullable=False, server_default=text("7")),
    Column("needs_approval", Boolean, nullable=False, server_default=false()),
    Column("started_at", DateTime(timezone=True)),
    Column("finished_at", DateTime(timezone=True)),
    Column("man_of_session_id", BigInteger),
    Column("registration_opens_at", DateTime(timezone=True)),
    _moment("created_at"),
    # The last guard of the promise that no place is sold twice.
    CheckConstraint("taken BETWEEN 0 AND capacity", name="sessions_taken_check"),
    CheckConstraint("capacity BETWEEN 2 AND 100", name="sessions_capacity_check"),
    CheckConstraint("waitlisted >= 0", name="sessions_waitlisted_check"),
    CheckConstraint("price >= 0", name="sessions_price_check"),
    CheckConstraint("ends_at > starts_at", name="sessions_times_check"),
    CheckConstraint("squad_size BETWEEN 4 AND 15", name="sessions_squad_size_check"),
    CheckConstraint(
        "status IN ('planned', 'cancelled', 'started', 'finished')", name="sessions_status_check"
    ),
    Index("sessions_coming_idx", "starts_at", "id", postgresql_where=text("status = 'planned'")),
    Index("sessions_starts_idx", "starts_at", "id"),
    Index(
        "sessions_opening_idx",
        "registration_opens_at",
        "id",
        postgresql_where=text("status = 'planned' AND registration_opens_at IS NOT NULL"),
    ),
    Index("sessions_venue_idx", "venue_id", "starts_at"),
    Index("sessions_ending_idx", "ends_at", postgresql_where=text("status = 'planned'")),
    Index("sessions_playing_idx", "id", postgresql_where=text("status = 'started'")),
    Index(
        "sessions_busy_idx",
        "venue_id",
        "ends_at",
        postgresql_where=text("status IN ('planned', 'started')"),
    ),
)

# Who left keeps his row, cancelled: what happened can be looked up.
entries = Table(
    "entries",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("session_id", BigInteger, ForeignKey("sessions.id"), nullable=False),
    # Who registered: the player, or the captain.
    Column("user_id", BigInteger, nullable=False),
    Column("status", Text, nullable=False),
    Column("turn", BigInteger, nullable=False),
    _text("kind", "individual"),
    Column("team_id", BigInteger),
    Column("places", SmallInteger, nullable=False, server_default=text("1")),
    # For one player, as it was when he registered.
    Column("price", BigInteger, nullable=False, server_default=text("0")),
    _text("reason"),
    Column("decided_by", BigInteger),
    _moment("created_at"),
    _moment("changed_at"),
    CheckConstraint(
        "status IN ('pending', 'confirmed', 'waitlisted', 'cancelled', 'rejected')",
        name="entries_status_check",
    ),
    CheckConstraint("kind IN ('individual', 'team')", name="entries_kind_check"),
    CheckConstraint("places > 0", name="entries_places_check"),
    UniqueConstraint("session_id", "turn", name="entries_turn_key"),
    Index("entries_active_key", "session_id", "user_id", unique=True, postgresql_where=_ACTIVE),
    Index("entries_team_key", "session_id", "team_id", unique=True, postgresql_where=_ACTIVE),
    Index("entries_order_idx", "session_id", "status", "turn", postgresql_where=_ACTIVE),
    Index("entries_person_idx", "user_id", postgresql_where=_ACTIVE),
    Index("entries_session_idx", "session_id", "id"),
    Index("entries_user_idx", "user_id", "id"),
    Index("entries_pending_idx", "session_id", postgresql_where=text("status = 'pending'")),
)

# Who plays. `active` while the entry is pending, confirmed or waitlisted: nobody plays twice.
entry_players = Table(
    "entry_players",
    metadata,
    Column("entry_id", BigInteger, ForeignKey("entries.id"), primary_key=True),
    Column("user_id", BigInteger, primary_key=True),
    Column("session_id", BigInteger, nullable=False),
    Column("active", Boolean, nullable=False, server_default=true()),
    Column("attended", Boolean),
    Index(
        "entry_players_active_key",
        "session_id",
        "user_id",
        unique=True,
        postgresql_where=text("active"),
    ),
    Index("entry_players_person_idx", "user_id", postgresql_where=text("active")),
    Index("entry_players_user_idx", "user_id", "entry_id"),
)

# From the moment an entry with a price holds places. As the newest of its events says.
payments = Table(
    "payments",
    metadata,
    Column("entry_id", BigInteger, ForeignKey("entries.id"), primary_key=True),
    Column("amount", BigInteger, nullable=False),
    Column("coupons", SmallInteger, nullable=False, server_default=text("0")),
    Column("status", Text, nullable=False),
    Column("receipt", Text),
    _moment("changed_at"),
    CheckConstraint("amount >= 0 AND coupons >= 0", name="payments_amount_check"),
    CheckConstraint(
        "status IN ('due', 'submitted', 'confirmed', 'refund_due', 'refunded', 'void', 'kept')",
        name="payments_status_check",
    ),
    Index("payments_submitted_idx", "entry_id", postgresql_where=text("status = 'submitted'")),
    Index("payments_receipt_idx", "entry_id", postgresql_where=text("receipt IS NOT NULL")),
)

# A payment's history; rows are only ever added.
payment_events = Table(
    "payment_events",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("entry_id", BigInteger, ForeignKey("payments.entry_id"), nullable=False),
    _moment("at"),
    Column("actor_id", BigInteger, nullable=False),
    Column("action", Text, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("coupons", SmallInteger, nullable=False),
    _text("note"),
    Index("payment_events_entry_idx", "entry_id", "id"),
)

# Free games. `session_id`: whose man of the session was given it.
coupons = Table(
    "coupons",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("user_id", BigInteger, nullable=False),
    _text("status", "available"),
    Column("session_id", BigInteger),
    _moment("issued_at"),
    Column("entry_id", BigInteger, ForeignKey("entries.id")),
    Column("used_at", DateTime(timezone=True)),
    CheckConstraint("status IN ('available', 'used', 'withdrawn')", name="coupons_status_check"),
    Index(
        "coupons_session_key",
        "session_id",
        unique=True,
        postgresql_where=text("session_id IS NOT NULL AND status <> 'withdrawn'"),
    ),
    Index("coupons_person_idx", "user_id", "status"),
    Index("coupons_entry_idx", "entry_id", postgresql_where=text("entry_id IS NOT NULL")),
)

# Who did what; rows are only ever added.
audit = Table(
    "audit",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    _moment("at"),
    Column("actor_id", BigInteger, nullable=False),
    Column("action", Text, nullable=False),
    Column("session_id", BigInteger),
    Column("subject_id", BigInteger),
    _text("note"),
    Index("audit_session_idx", "session_id", "id"),
    Index("audit_actor_idx", "actor_id", "id"),
    Index("audit_subject_idx", "subject_id", "id"),
)

requests = requests_table(metadata)
erased = erased_table(metadata)
