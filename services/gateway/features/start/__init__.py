"""The first word: greeting, and going on with the link a newcomer came by."""
