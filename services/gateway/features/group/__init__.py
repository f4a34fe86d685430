"""In a group there is only the way to the private chat."""
