"""What every service stands on. Knows no football, no Telegram and no service by name."""
