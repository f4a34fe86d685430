"""Organisers write to everybody, or to the people of a session."""
