"""An organiser's home: all sessions by day, and each one's card with the ways to all actions."""
