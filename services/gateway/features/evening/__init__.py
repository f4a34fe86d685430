"""An evening as it is played: the organiser runs it from here, players follow it."""
