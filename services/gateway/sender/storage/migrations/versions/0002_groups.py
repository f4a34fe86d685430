"""Groups, nights and ends of notices."""

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """From 0001."""
