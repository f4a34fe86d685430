"""Admins decide who gets his old account back under a new Telegram account."""
