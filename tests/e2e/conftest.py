"""The whole system for tests that come from outside: real processes, real stores."""

from tests.e2e.city import city, spans

__all__ = ["city", "spans"]
