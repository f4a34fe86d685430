"""The way out of any conversation."""
