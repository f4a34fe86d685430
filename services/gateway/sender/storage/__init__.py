"""The sender's schema."""
