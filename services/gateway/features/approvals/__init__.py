"""What an organiser decides: who gets in, whose money came, who was there."""
