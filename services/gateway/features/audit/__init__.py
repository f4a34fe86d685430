"""Who did what: of one session for its organiser, of everything for admins."""
