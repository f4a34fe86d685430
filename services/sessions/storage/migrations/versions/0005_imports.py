"""What was moved in from another bot."""

import sqlalchemy as sa
from alembic import op

from services.chassis.imports import imported_table

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """From 0004."""
    imported_table(sa.MetaData()).create(op.get_bind())
    # Sides that teams never formed: their ids are this sequence's, negative.
    op.execute("CREATE SEQUENCE moved_sides")
    _create_told_rows()
    _create_told_figures()


def _create_told_rows() -> None:
    """A finished session's table as it was there."""
    op.create_table(
        "told_rows",
        sa.Column("side_id", sa.BigInteger, sa.ForeignKey("line_ups.side_id"), primary_key=True),
        sa.Column("session_id", sa.BigInteger, sa.ForeignKey("sessions.id"), nullable=False),
        *map(
            _count,
            ("place", "won", "drawn", "lost", "goals_for", "goals_against", "points"),
        ),
    )
    op.create_index("told_rows_session_idx", "told_rows", ["session_id"])


def _create_told_figures() -> None:
    """What players did in matches whose goals nobody wrote down one by one."""
    op.create_table(
        "told_figures",
        sa.Column("match_id", sa.BigInteger, sa.ForeignKey("matches.id"), primary_key=True),
        sa.Column("user_id", sa.BigInteger, primary_key=True, autoincrement=False),
        _count("goals"),
        _count("assists"),
        sa.Column("won", sa.Boolean, nullable=False),
    )
    op.create_table(
        "told_results",
        sa.Column("match_id", sa.BigInteger, sa.ForeignKey("matches.id"), primary_key=True),
        # 1 home won, 2 away won, 3 drawn: known where the score may not be.
        sa.Column("result", sa.SmallInteger, nullable=False),
        sa.CheckConstraint("result BETWEEN 1 AND 3", name="told_results_known"),
    )


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False)
