"""People, the audit log, and the outcomes of writes."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "people",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("telegram_id", sa.BigInteger, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("name_folded", sa.Text(collation="C"), nullable=False),
        sa.Column("phone", sa.Text),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("language_chosen", sa.Boolean, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("reachable", sa.Boolean, nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()
        ),
        sa.UniqueConstraint("telegram_id", name="people_telegram_id"),
        sa.UniqueConstraint("phone", name="people_phone"),
        sa.CheckConstraint("telegram_id > 0", name="people_telegram_id_positive"),
        sa.CheckConstraint("length(name) <= 640", name="people_name_bounded"),
        sa.CheckConstraint("phone ~ '^[+][0-9]{7,15}$'", name="people_phone_e164"),
        sa.CheckConstraint("language IN ('uz', 'ru', 'en')", name="people_language_known"),
        sa.CheckConstraint("role IN ('player', 'organiser')", name="people_role_known"),
    )
    op.create_index("people_name_folded", "people", ["name_folded"])
    op.create_index(
        "people_organisers", "people", ["id"], postgresql_where=sa.text("role = 'organiser'")
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.Column("actor_id", sa.BigInteger, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("subject_id", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "requests",
        sa.Column("actor_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("request_id", sa.Text, primary_key=True),
        sa.Column("method", sa.Text, nullable=False),
        sa.Column("fingerprint", sa.LargeBinary, nullable=False),
        sa.Column("refused", sa.Text),
        sa.Column("outcome", sa.LargeBinary),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()
        ),
    )
    op.create_index("ix_requests_created_at", "requests", ["created_at"])
