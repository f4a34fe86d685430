"""What is kept of a person: told, handed to him, deleted."""
