"""The next state of a frozen value, for paths where a crowd passes."""

from typing import Any, TypeVar

Value = TypeVar("Value")

_new, _put = object.__new__, object.__setattr__


def evolved(value: Value, **changes: Any) -> Value:
    """As `dataclasses.replace`, in a third of its time; for dataclasses with slots of their own
    and nothing to check."""
    kind: Any = type(value)
    another: Value = _new(kind)
    for name in kind.__slots__:
        _put(another, name, changes[name] if name in changes else getattr(value, name))
    return another
