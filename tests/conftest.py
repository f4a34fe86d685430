"""Fixtures for every test: the real stores, started lazily, once for the whole run."""

from tests.stores import postgres, supervisor, valkey

__all__ = ["postgres", "supervisor", "valkey"]
