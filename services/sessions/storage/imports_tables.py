"""What another bot told of its evenings, on the same metadata as all tables of the schema."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    Table,
)

from services.chassis.imports import imported_table
from services.sessions.storage.tables import metadata

imported = imported_table(metadata)


def _count(name: str) -> Column[int]:
    return Column(name, Integer, nullable=False)


told_rows = Table(
    "told_rows",
    metadata,
    Column("side_id", BigInteger, ForeignKey("line_ups.side_id"), primary_key=True),
    Column("session_id", BigInteger, ForeignKey("sessions.id"), nullable=False),
    *map(_count, ("place", "won", "drawn", "lost", "goals_for", "goals_against", "points")),
    Index("told_rows_session_idx", "session_id"),
)

told_figures = Table(
    "told_figures",
    metadata,
    Column("match_id", BigInteger, ForeignKey("matches.id"), primary_key=True),
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    _count("goals"),
    _count("assists"),
    Column("won", Boolean, nullable=False),
)

told_results = Table(
    "told_results",
    metadata,
    Column("match_id", BigInteger, ForeignKey("matches.id"), primary_key=True),
    Column("result", SmallInteger, nullable=False),
    CheckConstraint("result BETWEEN 1 AND 3", name="told_results_known"),
)
