"""What was moved in from another bot."""

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """From 0002."""
