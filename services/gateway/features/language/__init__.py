"""Choosing the language: before anything else for a newcomer, from the profile later."""
