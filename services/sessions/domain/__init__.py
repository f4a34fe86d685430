"""What a session is and who gets a place in it. Knows no transport and no store."""
