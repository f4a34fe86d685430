"""The sessions in which a person has a place or waits."""
