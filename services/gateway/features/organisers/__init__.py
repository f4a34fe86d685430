"""Admins appoint and remove organisers."""
