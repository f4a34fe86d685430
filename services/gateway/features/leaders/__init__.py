"""The best players, by page."""
