"""Teams' entries, money, coupons, who did what."""

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """From 0001."""
