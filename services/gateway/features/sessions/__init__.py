"""The coming sessions: the list, the card, taking and leaving a place."""
