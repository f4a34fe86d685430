"""Teams, members, invitations, and the outcomes of writes."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "teams",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("captain_id", sa.BigInteger, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("captain_id", name="teams_captain"),
        sa.CheckConstraint("name <> '' AND length(name) <= 640", name="teams_name_bounded"),
    )
    op.create_table(
        "members",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("team_id", sa.BigInteger, nullable=False),
        sa.Column("user_id", sa.BigInteger, nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], ondelete="CASCADE"),
        sa.UniqueConstraint("team_id", "user_id", name="members_once"),
    )
    op.create_index("members_user", "members", ["user_id"])
    op.create_table(
        "invitations",
        sa.Column("fingerprint", sa.LargeBinary, primary_key=True),
        sa.Column("team_id", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], ondelete="CASCADE"),
        sa.CheckConstraint("length(fingerprint) = 32", name="invitations_sha256"),
    )
    op.create_index("invitations_team", "invitations", ["team_id", "expires_at"])
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
