"""aiogram's types, described to pydantic when they are first used and not all at the start.

At its import aiogram completes each of its 400 types, most of which no gateway ever sees: some
3 s of CPU and 80 MiB in every gateway. Import this before anything else of aiogram's.
"""

from collections.abc import Callable
from typing import Any

from pydantic import BaseModel

_complete: Callable[..., bool | None] = BaseModel.__dict__["model_rebuild"].__func__
# The names that aiogram's types are written with.
_names: dict[str, Any] = {}


def _completed_later(
    cls: type[BaseModel],
    /,
    *,
    _parent_namespace_depth: int = 2,
    _types_namespace: dict[str, Any] | None = None,
    **rest: Any,
) -> bool | None:
    """Only remembers where the names are: with them pydantic completes a type at its first use."""
    if _types_namespace is None:
        return _complete(cls, _parent_namespace_depth=_parent_namespace_depth + 1, **rest)
    if not _names:
        _names.update(_types_namespace)
    cls.__pydantic_parent_namespace__ = _names
    return None


type.__setattr__(BaseModel, "model_rebuild", classmethod(_completed_later))
try:
    from aiogram import methods, types
finally:
    type.__setattr__(BaseModel, "model_rebuild", classmethod(_complete))

for _name in methods.__all__:
    _method = getattr(methods, _name)
    if isinstance(_method, type) and issubclass(_method, BaseModel):
        _method.__pydantic_parent_namespace__ = _names

# What every update is read with; here and not while the first one waits.
types.Update.model_rebuild()
