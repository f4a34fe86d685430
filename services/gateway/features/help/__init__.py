"""What one can do here, by role."""
