"""Teams' entries, places until approved, money, coupons, who did what.

The release before this one goes on working: what it does not write has a default.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

ACTIVE = "status IN ('pending', 'confirmed', 'waitlisted')"


def upgrade() -> None:
    """From 0001."""
    _extend_sessions()
    _extend_entries()
    _create_players()
    _create_payments()
    _create_coupons()
    _create_audit()
    _fill()


def _extend_sessions() -> None:
    squad = sa.Column("squad_size", sa.SmallInteger, nullable=False, server_default=sa.text("7"))
    needs = sa.Column("needs_approval", sa.Boolean, nullable=False, server_default=sa.false())
    op.add_column("sessions", squad)
    op.add_column("sessions", needs)
    _check("sessions", "sessions_squad_size_check", "squad_size BETWEEN 4 AND 15")
    op.drop_constraint("sessions_status_check", "sessions")
    statuses = "status IN ('planned', 'cancelled', 'started', 'finished')"
    _check("sessions", "sessions_status_check", statuses)


def _extend_entries() -> None:
    for column in (
        sa.Column("kind", sa.Text, nullable=False, server_default=sa.text("'individual'")),
        sa.Column("team_id", sa.BigInteger),
        sa.Column("places", sa.SmallInteger, nullable=False, server_default=sa.text("1")),
        sa.Column("price", sa.BigInteger, nullable=False, server_default=sa.text("0")),
        sa.Column("reason", sa.Text, nullable=False, server_default=sa.text("''")),
        sa.Column("decided_by", sa.BigInteger),
    ):
        op.add_column("entries", column)
    op.drop_constraint("entries_status_check", "entries")
    statuses = "status IN ('pending', 'confirmed', 'waitlisted', 'cancelled', 'rejected')"
    _check("entries", "entries_status_check", statuses)
    _check("entries", "entries_kind_check", "kind IN ('individual', 'team')")
    _check("entries", "entries_places_check", "places > 0")
    for name in ("entries_active_key", "entries_order_idx", "entries_person_idx"):
        op.drop_index(name, "entries")
    _index("entries_active_key", "entries", ["session_id", "user_id"], ACTIVE, unique=True)
    _index("entries_team_key", "entries", ["session_id", "team_id"], ACTIVE, unique=True)
    _index("entries_order_idx", "entries", ["session_id", "status", "turn"], ACTIVE)
    _index("entries_person_idx", "entries", ["user_id"], ACTIVE)
    op.create_index("entries_session_idx", "entries", ["session_id", "id"])


def _create_players() -> None:
    op.create_table(
        "entry_players",
        sa.Column("entry_id", sa.BigInteger, sa.ForeignKey("entries.id"), primary_key=True),
        sa.Column("user_id", sa.BigInteger, primary_key=True),
        sa.Column("session_id", sa.BigInteger, nullable=False),
        sa.Column("active", sa.Boolean, nullable=False, server_default=sa.true()),
        sa.Column("attended", sa.Boolean),
    )
    pair = ["session_id", "user_id"]
    _index("entry_players_active_key", "entry_players", pair, "active", unique=True)
    _index("entry_players_person_idx", "entry_players", ["user_id"], "active")


def _create_payments() -> None:
    op.create_table(
        "payments",
        sa.Column("entry_id", sa.BigInteger, sa.ForeignKey("entries.id"), primary_key=True),
        sa.Column("amount", sa.BigInteger, nullable=False),
        sa.Column("coupons", sa.SmallInteger, nullable=False, server_default=sa.text("0")),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("receipt", sa.Text),
        _moment("changed_at"),
        sa.CheckConstraint("amount >= 0 AND coupons >= 0", name="payments_amount_check"),
        sa.CheckConstraint(
            "status IN ('due', 'submitted', 'confirmed', 'refund_due', 'refunded', 'void', 'kept')",
            name="payments_status_check",
        ),
    )
    op.create_table(
        "payment_events",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("entry_id", sa.BigInteger, sa.ForeignKey("payments.entry_id"), nullable=False),
        _moment("at"),
        sa.Column("actor_id", sa.BigInteger, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("amount", sa.BigInteger, nullable=False),
        sa.Column("coupons", sa.SmallInteger, nullable=False),
        sa.Column("note", sa.Text, nullable=False, server_default=sa.text("''")),
    )
    op.create_index("payment_events_entry_idx", "payment_events", ["entry_id", "id"])


def _create_coupons() -> None:
    op.create_table(
        "coupons",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("user_id", sa.BigInteger, nullable=False),
        sa.Column("status", sa.Text, nullable=False, server_default=sa.text("'available'")),
        sa.Column("session_id", sa.BigInteger),
        _moment("issued_at"),
        sa.Column("entry_id", sa.BigInteger, sa.ForeignKey("entries.id")),
        sa.Column("used_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint(
            "status IN ('available', 'used', 'withdrawn')", name="coupons_status_check"
        ),
    )
    given = "session_id IS NOT NULL AND status <> 'withdrawn'"
    _index("coupons_session_key", "coupons", ["session_id"], given, unique=True)
    op.create_index("coupons_person_idx", "coupons", ["user_id", "status"])
    _index("coupons_entry_idx", "coupons", ["entry_id"], "entry_id IS NOT NULL")


def _create_audit() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        _moment("at"),
        sa.Column("actor_id", sa.BigInteger, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("session_id", sa.BigInteger),
        sa.Column("subject_id", sa.BigInteger),
        sa.Column("note", sa.Text, nullable=False, server_default=sa.text("''")),
    )
    op.create_index("audit_session_idx", "audit", ["session_id", "id"])


def _fill() -> None:
    """Who is in plays; who has a place in a coming session owes its price."""
    op.execute(
        "INSERT INTO entry_players (entry_id, user_id, session_id, active)"
        " SELECT id, user_id, session_id, status <> 'cancelled' FROM entries"
    )
    op.execute(
        "UPDATE entries SET price = sessions.price FROM sessions"
        " WHERE sessions.id = entries.session_id AND sessions.status = 'planned'"
        " AND sessions.starts_at > now() AND entries.status <> 'cancelled'"
    )
    op.execute(
        "INSERT INTO payments (entry_id, amount, status) SELECT id, price, 'due' FROM entries"
        " WHERE status = 'confirmed' AND price > 0"
    )
    op.execute(
        "INSERT INTO payment_events (entry_id, actor_id, action, amount, coupons)"
        " SELECT id, user_id, 'due', price, 0 FROM entries"
        " WHERE status = 'confirmed' AND price > 0"
    )


def _check(table: str, name: str, condition: str) -> None:
    op.create_check_constraint(name, table, sa.text(condition))


def _index(name: str, table: str, columns: list[str], where: str, *, unique: bool = False) -> None:
    op.create_index(name, table, columns, unique=unique, postgresql_where=sa.text(where))


def _moment(name: str) -> sa.Column[object]:
    now = sa.func.clock_timestamp()
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False, server_default=now)
