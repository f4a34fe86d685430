"""A captain registers his team for a session: which team, which players."""
