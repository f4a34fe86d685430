"""The tables of the schema `teams`, as the queries see them; the migrations make them."""

from sqlalchemy import BigInteger, Column, DateTime, Identity, LargeBinary, MetaData, Table, Text

from services.chassis.once import requests_table

metadata = MetaData()

teams = Table(
    "teams",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("name", Text, nullable=False),
    Column("captain_id", BigInteger, nullable=False, unique=True),
    Column("created_at", DateTime(timezone=True), nullable=False),
)

members = Table(
    "members",
    metadata,
    # The order of joining: clocks of several processes do not tell it.
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("team_id", BigInteger, nullable=False),
    Column("user_id", BigInteger, nullable=False),
    Column("joined_at", DateTime(timezone=True), nullable=False),
)

invitations = Table(
    "invitations",
    metadata,
    Column("fingerprint", LargeBinary, primary_key=True),
    Column("team_id", BigInteger, nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
)

requests = requests_table(metadata)
