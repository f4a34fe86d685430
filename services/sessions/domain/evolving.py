"""The next state of a frozen value, for paths where a crowd passes."""

from collections.abc import Callable
from functools import cache
from operator import attrgetter
from typing import Any, NamedTuple, TypeVar

Value = TypeVar("Value")

_new = object.__new__


class _Slots(NamedTuple):
    """How a kind's slots are read, all at once, and written: past the frozen `__setattr__`."""

    read: Callable[[Any], tuple[Any, ...]]
    write: dict[str, Callable[[Any, Any], None]]


def evolved(value: Value, **changes: Any) -> Value:
    """As `dataclasses.replace`, in a fifth of its time; for dataclasses with slots of their own
    and nothing to check."""
    kind: Any = type(value)
    slots = _slots(kind)
    another: Value = _new(kind)
    for write, one in zip(slots.write.values(), slots.read(value), strict=True):
        write(another, one)
    for name, changed in changes.items():
        slots.write[name](another, changed)
    return another


@cache
def _slots(kind: Any) -> _Slots:
    names = kind.__slots__
    write = {name: getattr(kind, name).__set__ for name in names}
    return _Slots(attrgetter(*names), write)
