"""People in the schema `users`, and cached."""
