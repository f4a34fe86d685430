"""The tables of the schema `users`, as the queries see them; the migrations make them."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Identity,
    MetaData,
    SmallInteger,
    Table,
    Text,
    func,
)

from services.chassis.once import requests_table

metadata = MetaData()

people = Table(
    "people",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    # Null for who has no account of Telegram's here.
    Column("telegram_id", BigInteger, unique=True),
    Column("name", Text, nullable=False),
    # The name case-folded: what searches compare, the same in every locale of the database.
    Column("name_folded", Text(collation="C"), nullable=False),
    Column("phone", Text),
    Column("language", Text, nullable=False),
    Column("language_chosen", Boolean, nullable=False),
    Column("role", Text, nullable=False),
    Column("reachable", Boolean, nullable=False),
    Column("age", SmallInteger),
    Column("position", Text),
    Column("shirt_number", SmallInteger),
    Column("muted", ARRAY(Text), nullable=False, server_default="{}"),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
)

audit = Table(
    "audit",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("actor_id", BigInteger, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject_id", BigInteger, nullable=False),
    Column("note", Text, nullable=False, server_default=""),
)

moves = Table(
    "moves",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("asker_id", BigInteger, nullable=False),
    Column("person_id", BigInteger, nullable=False),
    Column("phone", Text, nullable=False),
    Column("asked_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("approved", Boolean),
    Column("decided_by", BigInteger),
    Column("decided_at", DateTime(timezone=True)),
)

# Who was deleted, in the order of the commits.
erasures = Table(
    "erasures",
    metadata,
    Column("number", BigInteger, Identity(always=True), primary_key=True),
    Column("user_id", BigInteger, nullable=False, unique=True),
    Column("at", DateTime(timezone=True), nullable=False, server_default=func.now()),
)

requests = requests_table(metadata)
