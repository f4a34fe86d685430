"""An organiser changes or cancels a session, from its card."""
