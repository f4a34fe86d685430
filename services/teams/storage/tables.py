"""The tables of the schema `teams`, as the queries see them; the migrations make them."""

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Identity,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    func,
)

from services.chassis.erasures import erased_table
from services.chassis.once import requests_table

metadata = MetaData()

teams = Table(
    "teams",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("name", Text, nullable=False),
    Column("captain_id", BigInteger, nullable=False, unique=True),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("description", Text, nullable=False, server_default=""),
)

members = Table(
    "members",
    metadata,
    # The order of joining: clocks of several processes do not tell it.
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("team_id", BigInteger, nullable=False),
    Column("user_id", BigInteger, nullable=False),
    Column("joined_at", DateTime(timezone=True), nullable=False),
    # Unique in the team; 0 until chosen.
    Column("shirt_number", SmallInteger, nullable=False, server_default="0"),
)

invitations = Table(
    "invitations",
    metadata,
    Column("fingerprint", LargeBinary, primary_key=True),
    Column("team_id", BigInteger, nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
)

sides = Table(
    "sides",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("session_id", BigInteger, nullable=False),
    Column("number", SmallInteger, nullable=False),
    Column("team_id", BigInteger),
    Column("name", Text, nullable=False),
)

side_players = Table(
    "side_players",
    metadata,
    Column("side_id", BigInteger, primary_key=True),
    Column("user_id", BigInteger, primary_key=True),
    # Of the side: a person plays in one side of a session.
    Column("session_id", BigInteger, nullable=False),
    # The order of coming.
    Column("place", SmallInteger, nullable=False),
    Column("shirt_number", SmallInteger, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("actor_id", BigInteger, nullable=False),
    Column("action", Text, nullable=False),
    Column("team_id", BigInteger),
    Column("subject_id", BigInteger),
    Column("note", Text, nullable=False, server_default=""),
)

requests = requests_table(metadata)
erased = erased_table(metadata)
