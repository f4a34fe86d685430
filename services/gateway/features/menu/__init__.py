"""The main menu, and the answer to what nothing else understood."""
