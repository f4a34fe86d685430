"""Profiles, muted topics, account moves, who did what."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

ACTIONS = {"organiser_appointed": "role.appoint", "organiser_removed": "role.remove"}
"""What the log called them before, and what every service's log calls them now."""


def upgrade() -> None:
    """From 0001."""
    _people()
    op.add_column("audit", sa.Column("note", sa.Text, nullable=False, server_default=""))
    for before, now in ACTIONS.items():
        op.execute(
            sa.text("UPDATE audit SET action = :now WHERE action = :before").bindparams(
                now=now, before=before
            )
        )
    _moves()


def _people() -> None:
    op.alter_column("people", "telegram_id", nullable=True)
    op.add_column("people", sa.Column("age", sa.SmallInteger))
    op.add_column("people", sa.Column("position", sa.Text))
    op.add_column("people", sa.Column("shirt_number", sa.SmallInteger))
    op.add_column(
        "people", sa.Column("muted", sa.ARRAY(sa.Text), nullable=False, server_default="{}")
    )
    op.create_check_constraint("people_age_told", "people", "age BETWEEN 5 AND 99")
    op.create_check_constraint(
        "people_position_known",
        "people",
        "position IN ('goalkeeper', 'defender', 'midfielder', 'forward')",
    )
    op.create_check_constraint(
        "people_shirt_number_known", "people", "shirt_number BETWEEN 1 AND 25"
    )
    op.create_check_constraint(
        "people_muted_known",
        "people",
        "muted <@ ARRAY['reminders', 'registrations', 'changes', 'teams', 'broadcasts']",
    )
    op.create_index(
        "people_reachable",
        "people",
        ["id"],
        postgresql_where=sa.text(
            "reachable AND telegram_id IS NOT NULL AND name <> '' AND phone IS NOT NULL"
        ),
    )


def _moves() -> None:
    op.create_table(
        "moves",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("asker_id", sa.BigInteger, sa.ForeignKey("people.id"), nullable=False),
        sa.Column("person_id", sa.BigInteger, sa.ForeignKey("people.id"), nullable=False),
        sa.Column("phone", sa.Text, nullable=False),
        sa.Column(
            "asked_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()
        ),
        sa.Column("approved", sa.Boolean),
        sa.Column("decided_by", sa.BigInteger),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("asker_id <> person_id", name="moves_two_people"),
        sa.CheckConstraint(
            "(approved IS NULL) = (decided_at IS NULL)", name="moves_decided_at_a_time"
        ),
    )
    op.create_index(
        "moves_waiting",
        "moves",
        ["asker_id", "person_id"],
        unique=True,
        postgresql_where=sa.text("approved IS NULL"),
    )
