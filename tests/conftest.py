"""Fixtures for every test: the real stores and the whole system on them, started lazily, once for
the whole run."""

import pytest
from hypothesis import settings

from tests.e2e.city import city, spans
from tests.stores import postgres, supervisor, valkey

__all__ = ["city", "postgres", "spans", "supervisor", "valkey"]

# How long an example takes says how busy the machine is, nothing about the code.
settings.register_profile("fotbot", deadline=None)
settings.load_profile("fotbot")


def pytest_itemcollected(item: pytest.Item) -> None:
    """With several workers, one has the whole system; the others' modules stay together."""
    item.add_marker(pytest.mark.xdist_group(_group(item)))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The whole system, which takes longest, starts first."""
    items.sort(key=lambda item: _group(item) != "city")


def _group(item: pytest.Item) -> str:
    return "city" if "city" in getattr(item, "fixturenames", ()) else item.path.as_posix()
