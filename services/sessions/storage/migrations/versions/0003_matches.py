"""Line-ups, matches, goals, figures, the man of the session."""

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """From 0002."""
