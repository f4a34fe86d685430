"""Line-ups, matches, goals, figures, the man of the session."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """From 0002."""
    _extend_sessions()
    _create_line_ups()
    _create_matches()
    _create_goals()
    _create_figures()


def _extend_sessions() -> None:
    for name in ("started_at", "finished_at"):
        op.add_column("sessions", sa.Column(name, sa.DateTime(timezone=True)))
    op.add_column("sessions", sa.Column("man_of_session_id", sa.BigInteger))


def _create_line_ups() -> None:
    op.create_table(
        "line_ups",
        # As teams numbers its sides.
        sa.Column("side_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("session_id", sa.BigInteger, sa.ForeignKey("sessions.id"), nullable=False),
        sa.Column("number", sa.SmallInteger, nullable=False),
        sa.Column("name", sa.Text, nullable=False, server_default=sa.text("''")),
        sa.Column("team_id", sa.BigInteger),
        sa.UniqueConstraint("session_id", "number", name="line_ups_number_key"),
    )
    op.create_table(
        "line_up_players",
        sa.Column("side_id", sa.BigInteger, sa.ForeignKey("line_ups.side_id"), primary_key=True),
        sa.Column("user_id", sa.BigInteger, primary_key=True, autoincrement=False),
        # Orders the players of a side; those of the same position by user_id.
        sa.Column("position", sa.SmallInteger, nullable=False, server_default=sa.text("0")),
    )


def _create_matches() -> None:
    side = "line_ups.side_id"
    op.create_table(
        "matches",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("session_id", sa.BigInteger, sa.ForeignKey("sessions.id"), nullable=False),
        sa.Column("number", sa.SmallInteger, nullable=False),
        sa.Column("home_side_id", sa.BigInteger, sa.ForeignKey(side), nullable=False),
        sa.Column("away_side_id", sa.BigInteger, sa.ForeignKey(side), nullable=False),
        sa.Column("home_score", sa.SmallInteger, nullable=False, server_default=sa.text("0")),
        sa.Column("away_score", sa.SmallInteger, nullable=False, server_default=sa.text("0")),
        sa.Column("status", sa.Text, nullable=False, server_default=sa.text("'playing'")),
        sa.UniqueConstraint("session_id", "number", name="matches_number_key"),
        sa.CheckConstraint("home_side_id <> away_side_id", name="matches_sides_check"),
        sa.CheckConstraint("home_score >= 0 AND away_score >= 0", name="matches_scores_check"),
        sa.CheckConstraint("status IN ('playing', 'finished')", name="matches_status_check"),
    )


def _create_goals() -> None:
    op.create_table(
        "goals",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("match_id", sa.BigInteger, sa.ForeignKey("matches.id"), nullable=False),
        sa.Column("side_id", sa.BigInteger, sa.ForeignKey("line_ups.side_id"), nullable=False),
        sa.Column("scorer_id", sa.BigInteger),
        sa.Column("assist_id", sa.BigInteger),
        sa.Column(
            "at",
            sa.DateTime(timezone=True),
            nullable=False,
            server_default=sa.func.clock_timestamp(),
        ),
        sa.Column("undone", sa.Boolean, nullable=False, server_default=sa.text("false")),
        sa.CheckConstraint("assist_id <> scorer_id", name="goals_assist_check"),
    )
    op.create_index("goals_match_idx", "goals", ["match_id", "id"])


def _create_figures() -> None:
    count = {
        name: sa.Column(name, sa.Integer, nullable=False, server_default=sa.text("0"))
        for name in ("goals", "assists", "wins", "matches", "sessions", "man_of_session")
    }
    op.create_table(
        "figures",
        sa.Column("user_id", sa.BigInteger, primary_key=True, autoincrement=False),
        # The calendar year; 0 is the career, which is more than the sum of the years where it
        # began before the first of them.
        sa.Column("season", sa.SmallInteger, primary_key=True, autoincrement=False),
        *count.values(),
        sa.Column(
            "doubled_points",
            sa.Integer,
            sa.Computed("6 * wins + 2 * goals + assists", persisted=True),
            nullable=False,
        ),
        sa.CheckConstraint(
            "goals >= 0 AND assists >= 0 AND wins >= 0",
            name="figures_counts_check",
        ),
    )
    ties = ("doubled_points", "goals", "assists")
    for order in (*ties, "wins"):
        columns = [order, *(name for name in ties if name != order)]
        descending = [sa.text(f"{name} DESC") for name in columns]
        name = f"figures_{order}_idx"
        op.create_index(name, "figures", ["season", *descending, "user_id"])
