"""The tables of schema `sender`, as the newest migration leaves them."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    func,
    text,
)

from services.chassis.erasures import erased_table

metadata = MetaData()
erased = erased_table(metadata)

notices = Table(
    "notices",
    metadata,
    Column("notice_id", Text, primary_key=True),
    Column("seq", BigInteger, Identity(always=True), nullable=False),
    Column("user_id", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("traceparent", Text, nullable=False, server_default=""),
    Column("state", Text, nullable=False, server_default="pending"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("next_attempt_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("claimed_until", DateTime(timezone=True)),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("settled_at", DateTime(timezone=True)),
    Column("verdict", Text),
    Column("group_id", Text, nullable=False, server_default=""),
    Column("rank", SmallInteger, nullable=False, server_default="0"),
    Column("rests", Boolean, nullable=False, server_default=text("false")),
    CheckConstraint(
        "state IN ('pending', 'sending', 'sent', 'undeliverable')", name="notices_state_known"
    ),
    CheckConstraint(
        "(state = 'sending') = (claimed_until IS NOT NULL)", name="notices_claimed_while_sending"
    ),
    CheckConstraint(
        "(state IN ('sent', 'undeliverable')) = (settled_at IS NOT NULL)",
        name="notices_settled_at_end",
    ),
    # Both serve the claim: what is oldest, and whether the same person has an older one.
    Index(
        "notices_open",
        "rank",
        "seq",
        postgresql_where=text("state IN ('pending', 'sending') AND NOT rests"),
    ),
    Index(
        "notices_open_by_user",
        "user_id",
        "rank",
        "seq",
        postgresql_where=text("state IN ('pending', 'sending')"),
    ),
    # A night's rest of many must not be looked through each second.
    Index("notices_resting", "next_attempt_at", postgresql_where=text("rests")),
    Index("notices_group", "group_id", postgresql_where=text("group_id <> ''")),
    Index("notices_user", "user_id"),
    Index("notices_settled", "settled_at", postgresql_where=text("settled_at IS NOT NULL")),
)

quarantine = Table(
    "quarantine",
    metadata,
    Column("bot_id", BigInteger, primary_key=True),
    Column("update_id", BigInteger, primary_key=True),
    Column("payload", LargeBinary, nullable=False),
    Column("error", Text, nullable=False),
    Column("traceparent", Text, nullable=False, server_default=""),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("redriven_at", DateTime(timezone=True)),
)
