"""A player's shirt number in the side he plays in."""
