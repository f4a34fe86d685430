"""Notices until Telegram's verdict, and the updates that broke their handler."""

from alembic import op

revision = "0001"
down_revision = None

NOTICES = """
CREATE TABLE notices (
    notice_id text PRIMARY KEY,
    seq bigint GENERATED ALWAYS AS IDENTITY,
    user_id bigint NOT NULL,
    kind text NOT NULL,
    payload bytea NOT NULL,
    traceparent text NOT NULL DEFAULT '',
    state text NOT NULL DEFAULT 'pending'
        CONSTRAINT notices_state_known
        CHECK (state IN ('pending', 'sending', 'sent', 'undeliverable')),
    attempts integer NOT NULL DEFAULT 0,
    next_attempt_at timestamptz NOT NULL DEFAULT now(),
    claimed_until timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    settled_at timestamptz,
    verdict text,
    CONSTRAINT notices_claimed_while_sending
        CHECK ((state = 'sending') = (claimed_until IS NOT NULL)),
    CONSTRAINT notices_settled_at_end
        CHECK ((state IN ('sent', 'undeliverable')) = (settled_at IS NOT NULL))
)
"""

QUARANTINE = """
CREATE TABLE quarantine (
    bot_id bigint,
    update_id bigint,
    payload bytea NOT NULL,
    error text NOT NULL,
    traceparent text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT now(),
    redriven_at timestamptz,
    PRIMARY KEY (bot_id, update_id)
)
"""


def upgrade() -> None:
    op.execute(NOTICES)
    op.execute("CREATE INDEX notices_open ON notices (seq) WHERE state IN ('pending', 'sending')")
    op.execute(
        "CREATE INDEX notices_open_by_user ON notices (user_id, seq)"
        " WHERE state IN ('pending', 'sending')"
    )
    op.execute("CREATE INDEX notices_settled ON notices (settled_at) WHERE settled_at IS NOT NULL")
    op.execute(QUARANTINE)
