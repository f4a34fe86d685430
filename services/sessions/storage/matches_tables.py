"""The tables of evenings in play, as the newest migration leaves them."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    func,
    text,
)

from services.sessions.storage.tables import metadata

line_ups = Table(
    "line_ups",
    metadata,
    Column("side_id", BigInteger, primary_key=True, autoincrement=False),
    Column("session_id", BigInteger, ForeignKey("sessions.id"), nullable=False),
    Column("number", SmallInteger, nullable=False),
    Column("name", Text, nullable=False, server_default=text("''")),
    Column("team_id", BigInteger),
    UniqueConstraint("session_id", "number", name="line_ups_number_key"),
)

line_up_players = Table(
    "line_up_players",
    metadata,
    Column("side_id", BigInteger, ForeignKey("line_ups.side_id"), primary_key=True),
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    Column("position", SmallInteger, nullable=False, server_default=text("0")),
    Index("line_up_players_user_idx", "user_id"),
)

matches = Table(
    "matches",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("session_id", BigInteger, ForeignKey("sessions.id"), nullable=False),
    Column("number", SmallInteger, nullable=False),
    Column("home_side_id", BigInteger, ForeignKey("line_ups.side_id"), nullable=False),
    Column("away_side_id", BigInteger, ForeignKey("line_ups.side_id"), nullable=False),
    Column("home_score", SmallInteger, nullable=False, server_default=text("0")),
    Column("away_score", SmallInteger, nullable=False, server_default=text("0")),
    Column("status", Text, nullable=False, server_default=text("'playing'")),
    UniqueConstraint("session_id", "number", name="matches_number_key"),
    CheckConstraint("home_side_id <> away_side_id", name="matches_sides_check"),
    CheckConstraint("home_score >= 0 AND away_score >= 0", name="matches_scores_check"),
    CheckConstraint("status IN ('playing', 'finished')", name="matches_status_check"),
)

# A goal taken back keeps its row: what happened can be looked up.
goals = Table(
    "goals",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("match_id", BigInteger, ForeignKey("matches.id"), nullable=False),
    Column("side_id", BigInteger, ForeignKey("line_ups.side_id"), nullable=False),
    Column("scorer_id", BigInteger),
    Column("assist_id", BigInteger),
    Column("at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
    Column("undone", Boolean, nullable=False, server_default=text("false")),
    CheckConstraint("assist_id <> scorer_id", name="goals_assist_check"),
    Index("goals_match_idx", "match_id", "id"),
)


def _count(name: str) -> Column[int]:
    return Column(name, Integer, nullable=False, server_default=text("0"))


# Season 0 is the career.
figures = Table(
    "figures",
    metadata,
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    Column("season", SmallInteger, primary_key=True, autoincrement=False),
    *map(_count, ("goals", "assists", "wins", "matches", "sessions", "man_of_session")),
    Column(
        "doubled_points",
        Integer,
        Computed("6 * wins + 2 * goals + assists", persisted=True),
        nullable=False,
    ),
    CheckConstraint(
        "goals >= 0 AND assists >= 0 AND wins >= 0",
        name="figures_counts_check",
    ),
)
for order in ("doubled_points", "goals", "assists", "wins"):
    ties = [name for name in ("doubled_points", "goals", "assists") if name != order]
    Index(
        f"figures_{order}_idx",
        figures.c.season,
        *(figures.c[name].desc() for name in (order, *ties)),
        figures.c.user_id,
    )
