"""Fixtures for every test: the real stores and the whole system on them, started lazily, once for
the whole run."""

from hypothesis import settings

from tests.e2e.city import city, spans
from tests.stores import postgres, supervisor, valkey

__all__ = ["city", "postgres", "spans", "supervisor", "valkey"]

# How long an example takes says how busy the machine is, nothing about the code.
settings.register_profile("fotbot", deadline=None)
settings.load_profile("fotbot")
