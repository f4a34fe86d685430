"""Teams in the schema `teams`, and cached."""
