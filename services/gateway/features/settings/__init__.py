"""What an organiser sets once: who is paid and where, the price offered first."""
