"""What was moved in from another bot."""

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """From 0004."""
