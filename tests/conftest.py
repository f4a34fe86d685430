"""Fixtures for every test: the real stores, started lazily, once for the whole run."""

from hypothesis import settings

from tests.stores import postgres, supervisor, valkey

__all__ = ["postgres", "supervisor", "valkey"]

# How long an example takes says how busy the machine is, nothing about the code.
settings.register_profile("fotbot", deadline=None)
settings.load_profile("fotbot")
